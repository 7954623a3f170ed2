// The report of a backtest as a person keeps it: a file opened from disk, in both languages, on a desk and on a phone,
// with nothing fetched and nothing run, whatever was typed.
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

import { picture } from '../lib/browser.mjs';
import { begin } from '../lib/story.mjs';

const HOSTILE = '</title><script>document.title = "run"</script><img src="https://example.com/x" onerror="alert(1)">';
const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

/** Runs a backtest of demo issues with a hostile name and note; gives its number. */
async function finished(ask) {
  const { items } = await ask('GET', 'market/coverage?interval=1d');
  const days = items.find((one) => one.symbol === '00I010');
  const { id } = await ask('POST', 'backtest', {
    name: HOSTILE.slice(0, 100),
    strategy_type: 'moving_average_cross',
    parameters: { fast: 5, slow: 20, position_size_percent: 40 },
    symbols: ['00I010', '00I020'],
    start_date: days.first.slice(0, 10),
    end_date: days.last.slice(0, 10),
    initial_capital: 50_000_000,
    benchmark: '00I010',
  });
  await ask('PATCH', `backtest/${id}`, { note: HOSTILE });
  for (let status; status !== 'done'; await delay(100)) {
    ({ status } = await ask('GET', `backtest/${id}`));
    assert.ok(['queued', 'running', 'done'].includes(status), status);
  }
  return id;
}

test('the report of a backtest', async (t) => {
  const { exodus, browser, ask } = await begin(t);
  const id = await finished(ask);

  for (const [language, title] of [['ko', '자산 추이'], ['en', 'Equity']]) {
    const file = join(exodus.folder, `report-${language}.html`);
    await exodus.command('backtest', 'report', String(id), '--format', 'html', '--language', language, '--out', file);
    assert.ok(statSync(file).size < 1_000_000);
    for (const [size, viewport] of Object.entries(SIZES)) {
      await t.test(`${language}, ${size}`, () => read(browser, file, { language, title, size, viewport }));
    }
  }
});

async function read(browser, file, { language, title, size, viewport }) {
  const colorScheme = size === 'phone' ? 'dark' : 'light';
  const context = await browser.newContext({ viewport, colorScheme, offline: true });
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => request.url().startsWith('file:') || complaints.push(request.url()));
  await page.goto(pathToFileURL(file).href);

  assert.equal(await page.getAttribute('html', 'lang'), language);
  assert.equal(await page.locator('h1').textContent(), HOSTILE.slice(0, 100));
  assert.equal(await page.locator('p.note').textContent(), HOSTILE);
  assert.equal(await page.locator('script, img, link, iframe, object, [src], [href]').count(), 0);
  await page.getByRole('heading', { name: title, exact: true }).waitFor();
  assert.ok((await page.locator('.plot path').count()) >= 5);
  assert.ok((await page.locator('table.figures tr').count()) > 70);
  assert.ok((await page.locator('table.list tbody tr').count()) > 10);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(overflow <= 0, `${overflow} pixels too wide`);
  await picture(page, `report-${size}-${language}`);
  assert.deepEqual(complaints, []);
  await context.close();
}
