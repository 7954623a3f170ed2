// Real history through the pages: both imports, then the same backtest by page, by REST and by command line.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { picture } from '../lib/browser.mjs';
import { dataFile } from '../lib/data.mjs';
import { begin, signedIn } from '../lib/story.mjs';

const SAMPLE = dataFile('samples/005930_adj_1999_2022.csv');
const MARKET = dataFile('krx_daily_adj_1999_2022.parquet');
const RUN = { symbol: '005930', from: '1999-09-16', to: '2022-03-15', capital: 100_000_000, lookback: 60 };

test('23 years of real history', { skip: SAMPLE && MARKET ? false : 'skipped: no data' }, async (t) => {
  const story = await begin(t);
  const { exodus, ask } = story;
  const { page, complaints } = await signedIn(story);

  await t.test('one issue from CSV', () => upload(page, SAMPLE, 1));
  await t.test('599 issues from Parquet, 3.3 million rows', () => upload(page, MARKET, 2));
  await t.test('the same file again changes nothing', async () => {
    await upload(page, MARKET, 3);
    const [{ rows_read, rows_added, rows_unchanged }] = (await ask('GET', 'market/imports')).items;
    assert.deepEqual({ rows_read, rows_added, rows_unchanged }, { rows_read: 3_288_548, rows_added: 0, rows_unchanged: 3_288_548 });
    await picture(page, 'imports');
  });
  await t.test('page, REST and command line give the same result', async () => {
    const byPage = await runOnPage(page);
    await picture(page, 'acceptance-result');
    assert.equal(await runByRest(ask), byPage);
    assert.equal(await runByCommand(exodus), byPage);
  });
  await t.test('a long run shows its progress, and ends when it is cancelled', () => cancelOnPage(ask, page));
  await t.test('the web app complained about nothing', () => assert.deepEqual(complaints, []));
});

async function upload(page, file, count) {
  await page.goto('/market/?tab=imports');
  await page.getByTestId('import-file').setInputFiles(file);
  const adjusted = page.getByTestId('import-adjusted');
  if ((await adjusted.getAttribute('aria-checked')) !== 'true') await adjusted.click();
  await page.getByTestId('import-submit').click();
  const done = page.locator('[data-testid="import-row"][data-status="done"]');
  await done.nth(count - 1).waitFor({ timeout: 120_000 });
}

async function runOnPage(page) {
  await page.goto('/backtest/');
  await page.getByTestId('symbol-search').fill(RUN.symbol);
  await page.getByTestId(`symbol-option-${RUN.symbol}`).click();
  await page.getByTestId('backtest-start').fill(RUN.from);
  await page.getByTestId('backtest-end').fill(RUN.to);
  await page.getByTestId('backtest-capital').fill(String(RUN.capital));
  await page.getByTestId('parameter-lookback').fill(String(RUN.lookback));
  await page.getByTestId('backtest-run').click();
  await page.getByTestId('equity-chart').locator('canvas').first().waitFor({ timeout: 60_000 });
  await page.getByTestId('result-tab-verification').click();
  return (await page.getByTestId('result-fingerprint').innerText()).trim();
}

function startByRest(ask, symbols) {
  const run = {
    strategy_type: 'momentum',
    parameters: { lookback: RUN.lookback },
    symbols,
    start_date: RUN.from,
    end_date: RUN.to,
    initial_capital: RUN.capital,
  };
  return ask('POST', 'backtest', run);
}

/** All 599 issues over 22 years: long enough to be seen at work. */
async function cancelOnPage(ask, page) {
  const pages = [1, 2, 3].map((n) => ask('GET', `market/symbols?source=imported&page_size=200&page=${n}`));
  const symbols = (await Promise.all(pages)).flatMap(({ items }) => items.map(({ symbol }) => symbol));
  assert.equal(symbols.length, 599);
  const { id } = await startByRest(ask, symbols);
  await page.goto(`/backtest/result/?id=${id}`);
  const bar = page.getByTestId('backtest-outcome').locator('[role="progressbar"][aria-valuenow]:not([aria-valuenow="0"])');
  await bar.waitFor({ timeout: 60_000 });
  await picture(page, 'acceptance-progress');
  await page.getByTestId('backtest-cancel').click();
  await page.locator('[data-testid="backtest-outcome"][data-status="cancelled"]').waitFor({ timeout: 10_000 });
  assert.equal((await ask('GET', `backtest/${id}`)).status, 'cancelled');
}

async function runByRest(ask) {
  const { id } = await startByRest(ask, [RUN.symbol]);
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
    const { status, manifest } = await ask('GET', `backtest/${id}`);
    if (status === 'done') return manifest.result_fingerprint;
    assert.ok(['queued', 'running'].includes(status), status);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return assert.fail('the backtest did not end within a minute');
}

async function runByCommand(exodus) {
  const output = await exodus.command(
    'backtest', 'run', '--strategy', 'momentum', '--param', `lookback=${RUN.lookback}`, '--symbols', RUN.symbol,
    '--from', RUN.from, '--to', RUN.to, '--capital', String(RUN.capital), '--json',
  );
  return JSON.parse(output).manifest.result_fingerprint;
}
