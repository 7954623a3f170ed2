// Every page, at desktop and phone width, in both languages: it has a heading, shows no message key, and never scrolls
// sideways. The pictures stay in the artifacts folder for people to look at.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { picture } from '../lib/browser.mjs';
import { begin, signedIn } from '../lib/story.mjs';

const MARKET_TABS = ['imports', 'coverage', 'actions', 'export', 'rules'].map((tab) => `market/?tab=${tab}`);
const PAGES = ['', 'holdings/', 'strategies/', 'strategies/new/', 'strategies/versions/?id=1', 'backtest/', 'backtest/sweeps/', 'backtest/sweeps/new/', 'trading/', 'signals/', 'history/', 'risk/', 'risk/?tab=limits', 'risk/?tab=restricted', 'proof/', 'proof/?tab=external', 'orders/doubt/', 'market/', ...MARKET_TABS, 'settings/', 'admin/'];
const WIDTHS = { desktop: { width: 1440, height: 900 }, phone: { width: 375, height: 812 } };

test('every page in every language and width', async (t) => {
  const story = await begin(t);
  for (const [width, viewport] of Object.entries(WIDTHS)) {
    for (const language of ['ko', 'en']) {
      const before = (page) => picture(page, `login-${width}-${language}`);
      const { context, page, complaints } = await signedIn(story, { language, before, viewport });
      for (const path of PAGES) {
        await t.test(`/${path} ${width} ${language}`, () => look(page, path, width, language));
      }
      await t.test(`no complaint at ${width} in ${language}`, () => assert.deepEqual(complaints, []));
      await context.close();
    }
  }
});

async function look(page, path, width, language) {
  await page.goto(`/${path}`);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.getByTestId('account-switcher').waitFor();
  await page.waitForLoadState('networkidle').catch(() => {});
  assert.equal(await page.locator('html').getAttribute('lang'), language);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(overflow <= 0, `the page is ${overflow} px wider than the window`);
  await picture(page, `${path.replace(/\W+/g, '-').replace(/-$/, '') || 'dashboard'}-${width}-${language}`);
}
