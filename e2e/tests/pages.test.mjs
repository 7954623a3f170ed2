// Every page, at desktop and phone width, in both languages: it has a heading, shows no message key, and never scrolls
// sideways. The pictures stay in the artifacts folder for people to look at.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { launch, openPage, picture } from '../lib/browser.mjs';
import { Exodus } from '../lib/exodus.mjs';

const MARKET_TABS = ['imports', 'coverage', 'actions', 'export', 'rules'].map((tab) => `market/?tab=${tab}`);
const PAGES = ['', 'holdings/', 'strategies/', 'strategies/new/', 'backtest/', 'backtest/sweeps/', 'backtest/sweeps/new/', 'trading/', 'signals/', 'history/', 'market/', ...MARKET_TABS, 'settings/', 'admin/'];
const WIDTHS = { desktop: { width: 1440, height: 900 }, phone: { width: 375, height: 812 } };

test('every page in every language and width', async (t) => {
  const exodus = await Exodus.create('embedded');
  const browser = await launch();
  t.after(async () => {
    await browser.close();
    await exodus.remove();
  });
  await exodus.start();
  const account = { full_name: '둘러보는 사람', email: 'look@example.com', password: 'correct horse battery staple' };
  const registered = await fetch(`${exodus.url}/api/v1/auth/register`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(account) });
  assert.equal(registered.status, 201);

  for (const [width, viewport] of Object.entries(WIDTHS)) {
    for (const language of ['ko', 'en']) {
      const { context, page, complaints } = await openPage(browser, exodus.url, { viewport });
      await page.goto('/login/');
      await page.getByTestId(`language-${language}`).click();
      await picture(page, `login-${width}-${language}`);
      await page.getByTestId('login-email').fill(account.email);
      await page.getByTestId('login-password').fill(account.password);
      await page.getByTestId('login-submit').click();
      await page.getByTestId('tile-total-assets').waitFor();
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
  await page.getByTestId('demo-badge').first().waitFor();
  await page.waitForLoadState('networkidle').catch(() => {});
  assert.equal(await page.locator('html').getAttribute('lang'), language);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(overflow <= 0, `the page is ${overflow} px wider than the window`);
  await picture(page, `${path.replace(/\W+/g, '-').replace(/-$/, '') || 'dashboard'}-${width}-${language}`);
}
