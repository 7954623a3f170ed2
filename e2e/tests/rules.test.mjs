// A strategy that is a document: started from a preset, broken, mended, opened from a file, saved, and saved again.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { launch, openPage, picture } from '../lib/browser.mjs';
import { Exodus } from '../lib/exodus.mjs';

const ACCOUNT = { full_name: '규칙 쓰는 사람', email: 'rules@example.com', password: 'correct horse battery staple' };
const WIDTHS = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
const RUNS = '[data-testid=document-findings][data-runs=true]';
const RUNS_NOT = '[data-testid=document-findings][data-runs=false]';

test('a strategy is written as a document', async (t) => {
  const exodus = await Exodus.create('embedded');
  const browser = await launch();
  t.after(async () => {
    await browser.close();
    await exodus.remove();
  });
  await exodus.start();
  const registered = await fetch(`${exodus.url}/api/v1/auth/register`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(ACCOUNT) });
  assert.equal(registered.status, 201);
  for (const [width, viewport] of Object.entries(WIDTHS)) {
    for (const language of ['ko', 'en']) {
      await t.test(`${width} ${language}`, () => write(browser, exodus.url, viewport, language, `${width}-${language}`));
    }
  }
});

async function write(browser, url, viewport, language, name) {
  const { context, page } = await openPage(browser, url, { viewport });
  const at = (id) => page.getByTestId(id);
  await page.goto('/login/');
  await at(`language-${language}`).click();
  await at('login-email').fill(ACCOUNT.email);
  await at('login-password').fill(ACCOUNT.password);
  await at('login-submit').click();
  await at('tile-total-assets').waitFor();

  await page.goto('/strategies/new/');
  await at('strategy-type-rules').click();
  await at('strategy-presets').selectOption({ index: 1 });
  await page.locator(RUNS).waitFor();
  const preset = await at('strategy-document').inputValue();
  await picture(page, `rules-preset-${name}`);

  // What is wrong is listed, leads to its line, and keeps the document from being saved.
  await at('strategy-document').fill(preset.replace(/compare_to: .*/, 'compare_to: nowhere'));
  await page.locator(RUNS_NOT).waitFor();
  await at('document-error').first().click();
  const chosen = await at('strategy-document').evaluate((area) => area.value.slice(area.selectionStart, area.selectionEnd));
  assert.match(chosen, /nowhere/);
  await at('strategy-name').fill(`Rules ${name}`);
  await at('symbol-search').click();
  await page.locator('[data-testid^="symbol-option-"]').first().click();
  await at('strategy-save').click();
  await page.getByRole('alert').first().waitFor();
  await picture(page, `rules-refused-${name}`);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(overflow <= 0, `the page is ${overflow} px wider than the window`);

  await at('strategy-document-file').setInputFiles({ name: 'mine.kis.yaml', mimeType: 'application/yaml', buffer: Buffer.from(`${preset}# ${name}\n`) });
  await page.locator(RUNS).waitFor();
  await at('strategy-save').click();
  const card = at('strategy-card').filter({ hasText: `Rules ${name}` });
  await card.getByTestId('strategy-edit').click();
  await page.locator(RUNS).waitFor();
  assert.equal(await at('strategy-document').inputValue(), `${preset}# ${name}\n`);
  await context.close();
}
