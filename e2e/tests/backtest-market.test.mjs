// Backtests over a whole market: what is traded follows a rule by date, the index comes from a file, several strategies
// share a wallet, changed data are told, and a search is stopped and taken up again.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { ISSUES, indexCsv, issuesCsv, marketBars } from '../lib/backtest-fixtures.mjs';
import { becomes } from '../lib/becomes.mjs';
import { picture } from '../lib/browser.mjs';
import { begin, signedIn, stepsOf } from '../lib/story.mjs';

const [FROM, TO] = ['2022-03-02', '2023-12-28'];
const SLOW = 60_000;

test('backtests over a market', async (t) => {
  const story = await begin(t);
  const { page, complaints } = await signedIn(story);
  const pages = new MarketPages(story, page);
  const step = stepsOf(t, page, 'backtest-market');
  await step('issues, days and an index come from files', () => pages.importAll());
  await step('the busiest issues of a market are chosen anew each month', () => pages.runTop());
  await step('the run says by which rule, and gives the same again', () => pages.tellUniverse());
  await step('the largest issues, and a whole market, can be chosen too', () => pages.runOthers());
  await step('what the form cannot know is refused at its field', () => pages.refuse());
  await step('several strategies share one wallet', () => pages.runSeveral());
  await step('a search by chance, and one that learns', () => pages.search());
  await step('a search is stopped, and taken up where it stopped', () => pages.stopAndResume());
  await step('changed data are told', () => pages.changeData());
  await step('the web app complained about nothing', async () => assert.deepEqual(complaints, []));
});

class MarketPages {
  constructor({ exodus, ask }, page) {
    Object.assign(this, { exodus, ask, page });
  }

  #at(testId) {
    return this.page.getByTestId(testId);
  }

  async #import(kind, text) {
    const file = join(this.exodus.folder, `${kind}.csv`);
    writeFileSync(file, text);
    return JSON.parse(await this.exodus.command('import', kind, file, '--json'));
  }

  async importAll() {
    assert.equal((await this.#import('symbols', issuesCsv())).rows_added, ISSUES.length);
    assert.ok((await this.#import('bars', marketBars())).rows_added > 2_500);
    assert.ok((await this.#import('indices', indexCsv())).rows_added > 400);
  }

  async #fillPeriod() {
    await this.#at('backtest-start').fill(FROM);
    await this.#at('backtest-end').fill(TO);
  }

  async #result() {
    await this.#at('backtest-run').click();
    await this.#at('metric-total-return').waitFor({ timeout: SLOW });
    return Number(new URL(this.page.url()).searchParams.get('id'));
  }

  /** The months in which each issue was bought. */
  async #bought(id) {
    const { items } = await this.ask('GET', `backtest/${id}/trades?page_size=200`);
    return items.filter(({ side }) => side === 'buy').map(({ symbol, executed_at }) => [symbol, executed_at.slice(0, 7)]);
  }

  async runTop() {
    await this.page.goto('/backtest/?type=momentum');
    await this.#at('scope-top').click();
    await this.#at('universe-market-kosdaq').click();
    await this.#at('universe-count').fill('2');
    await this.#fillPeriod();
    await this.#at('parameter-lookback').fill('5');
    await this.#at('parameter-entry_threshold_percent').fill('1');
    await this.#at('backtest-advanced').click();
    await this.#at('backtest-benchmark').selectOption('KOSPI');
    this.top = await this.#result();
    await this.#at('metric-excess-return').waitFor();
    const bought = await this.#bought(this.top);
    const of = (year) => new Set(bought.filter(([, month]) => month.startsWith(year)).map(([symbol]) => symbol));
    assert.deepEqual([...of('2022')].sort(), ['990110', '990120']);
    // At the turn of the year the last twenty days still tell of the old one; from February on the others are busiest.
    const later = new Set(bought.filter(([, month]) => month >= '2023-02').map(([symbol]) => symbol));
    assert.deepEqual([...later].sort(), ['990130', '990140']);
  }

  async tellUniverse() {
    await this.#at('result-tab-verification').click();
    const rule = await becomes(() => this.#at('run-universe').innerText(), /거래대금 상위 2개/);
    assert.match(rule, /거래정지 종목 제외/);
    await becomes(() => this.#at('universe-fingerprint').innerText(), /^[0-9a-f]{64}$/);
    await this.#at('verify-run').click();
    await this.page.locator('[data-testid="verification"][data-matches="true"]').waitFor({ timeout: SLOW });
    await picture(this.page, 'backtest-universe');
    await this.#at('backtest-edit').click();
    await becomes(() => this.#at('universe-count').inputValue(), '2');
    await this.page.goto('/backtest/');
    await becomes(() => this.page.locator(`[data-backtest-id="${this.top}"]`).innerText(), /거래대금 상위 2개/);
  }

  async #run(part) {
    const { id } = await this.ask('POST', 'backtest', {
      strategy_type: 'momentum',
      parameters: { lookback: 5, entry_threshold_percent: 1 },
      start_date: FROM,
      end_date: TO,
      initial_capital: 100_000_000,
      ...part,
    });
    await this.page.goto(`/backtest/result/?id=${id}`);
    await this.#at('metric-total-return').waitFor({ timeout: SLOW });
    return id;
  }

  async runOthers() {
    const largest = await this.#run({
      universe: { kind: 'top', by: 'market_cap', count: 1, rebalance: 'quarterly', markets: ['kospi', 'kosdaq'], min_listed_days: 365, sell_on_exit: true },
    });
    assert.deepEqual([...new Set((await this.#bought(largest)).map(([symbol]) => symbol))], ['990110']);
    const kosdaq = await this.#run({ universe: { kind: 'market', markets: ['kosdaq'], exclude_states: ['halted'] } });
    assert.deepEqual([...new Set((await this.#bought(kosdaq)).map(([symbol]) => symbol))].sort(), ['990150', '990160']);
  }

  /** The sentence at a field after an attempt; an earlier one may still stand there for a moment. */
  async #refused(testId, sentence) {
    await this.#at('backtest-run').click();
    const field = this.page.locator(`[data-testid="${testId}"][aria-invalid="true"]`);
    const note = async () => this.page.locator(`[id="${await field.getAttribute('aria-describedby')}"]`).innerText();
    await becomes(note, sentence);
  }

  async refuse() {
    await this.page.goto('/backtest/?type=momentum');
    await this.#at('symbol-search').first().fill('990110');
    await this.#at('symbol-option-990110').click();
    await this.#at('backtest-start').fill('2023-12-28');
    await this.#at('backtest-end').fill('2022-03-02');
    await this.#refused('backtest-end', /뒤/);
    await this.#at('backtest-start').fill('2022-03-02');
    await this.#at('backtest-end').fill('2999-12-30');
    await this.#refused('backtest-end', /아직 오지 않은/);
    await this.#at('backtest-end').fill('2023-12-28');
    await this.#at('backtest-capital').fill('1');
    await this.#refused('backtest-capital', /100,000/);
    await this.#at('backtest-capital').fill('1000000');
    await this.#at('parameter-lookback').fill('0');
    await this.#refused('parameter-lookback', /\d/);
    await this.#at('parameter-lookback').fill('20');
    // More bars than there are: none of the parameters alone is to blame.
    await this.#at('parameter-lookback').fill('500');
    await this.#at('backtest-run').click();
    await this.#at('form-problem').filter({ hasText: '봉이 고른 종목에 모자랍니다' }).waitFor();
    await this.#at('parameter-lookback').fill('20');
    // Days before there was any history: only the server knows.
    await this.#at('backtest-start').fill('2010-01-04');
    await this.#at('backtest-end').fill('2010-12-30');
    await this.#refused('backtest-start', /2022-01-03/);
  }

  async runSeveral() {
    for (const [name, symbols] of [['빠른 전략', ['990110', '990120']], ['느린 전략', ['990150']]]) {
      const lookback = name === '빠른 전략' ? 5 : 20;
      await this.ask('POST', 'strategies', { name, description: '', strategy_type: 'momentum', parameters: { lookback, entry_threshold_percent: 1 }, symbols });
    }
    await this.page.goto('/backtest/?several=1');
    for (const place of [0, 1]) await this.#at('backtest-strategy').nth(place).check();
    await this.#fillPeriod();
    const id = await this.#result();
    const { strategies } = await this.ask('GET', `backtest/${id}`);
    const { items } = await this.ask('GET', `backtest/${id}/trades?page_size=200`);
    for (const { number, symbols } of strategies) {
      const own = items.filter(({ strategy_number }) => strategy_number === number);
      assert.ok(own.length > 0 && own.every(({ symbol }) => symbols.includes(symbol)), String(number));
    }
    await this.#at('result-tab-verification').click();
    await becomes(() => this.#at('run-strategy').count(), 2);
    await picture(this.page, 'backtest-several');
  }

  async #newSweep() {
    await this.page.goto('/backtest/sweeps/new/?type=momentum');
    await this.#at('symbol-search').first().fill('990110');
    await this.#at('symbol-option-990110').click();
    await this.#fillPeriod();
  }

  async #range(name, from, to, step) {
    await this.#at(`axis-${name}-range`).click();
    for (const [part, value] of Object.entries({ from, to, step })) await this.#at(`axis-${name}-${part}`).fill(String(value));
  }

  async #sweep(status) {
    await this.#at('sweep-run').click();
    await this.page.locator(`[data-testid="sweep-summary"][data-status="${status}"]`).waitFor({ timeout: SLOW });
  }

  async search() {
    for (const kind of ['random', 'tpe']) {
      await this.#newSweep();
      await this.#range('lookback', 2, 60, 1);
      await this.#range('entry_threshold_percent', 0.5, 5, 0.5);
      await this.#at(`search-${kind}`).click();
      await this.#at('search-trials').fill('30');
      await this.#at('search-seed').fill('7');
      await this.page.locator('[data-testid="trial-count"][data-allowed="true"]').waitFor();
      await this.#sweep('done');
      await this.page.waitForFunction(() => document.querySelectorAll('[data-testid="trial-row"]').length === 30);
      await this.#at('sweep-tab-settings').click();
      await picture(this.page, `backtest-search-${kind}`);
    }
  }

  async #trialsDone() {
    return (await this.ask('GET', `backtest/sweeps/${this.sweep}`)).trials_done;
  }

  async stopAndResume() {
    await this.#newSweep();
    for (const symbol of ['990120', '990130', '990140', '990150', '990160']) {
      await this.#at('symbol-search').first().fill(symbol);
      await this.#at(`symbol-option-${symbol}`).click();
    }
    await this.#range('lookback', 2, 100, 1);
    await this.#range('entry_threshold_percent', 0.1, 10, 0.1);
    await this.page.locator('[data-testid="trial-count"][data-count="9900"][data-allowed="true"]').waitFor();
    await this.#sweep('running');
    this.sweep = Number(new URL(this.page.url()).searchParams.get('id'));
    await this.#at('sweep-best').waitFor({ timeout: SLOW });
    await this.#at('sweep-cancel').click();
    await this.page.locator('[data-testid="sweep-summary"][data-status="cancelled"]').waitFor({ timeout: SLOW });
    const before = await this.#trialsDone();
    assert.ok(before > 0 && before < 9_900, String(before));
    await picture(this.page, 'backtest-sweep-stopped');

    await this.#at('sweep-resume').click();
    await this.#at('sweep-cancel').waitFor();
    const shown = async () => Number((await this.#at('trials-done').innerText()).replaceAll(',', '').match(/\d+/g)?.[1] ?? 0);
    await becomes(shown, (trials) => trials > before);
    await this.#at('sweep-cancel').click();
    await this.page.locator('[data-testid="sweep-summary"][data-status="cancelled"]').waitFor({ timeout: SLOW });
    assert.ok((await this.#trialsDone()) > before);
  }

  async changeData() {
    assert.ok((await this.#import('bars', marketBars(1))).rows_changed > 2_500);
    await this.page.goto(`/backtest/result/?id=${this.top}&tab=verification`);
    await this.#at('verify-run').click();
    await this.page.locator('[data-testid="verification"][data-matches="false"]').waitFor({ timeout: SLOW });
    await becomes(() => this.#at('verification').innerText(), /데이터/);
    await picture(this.page, 'backtest-differs');
  }
}
