// The backtest pages from the form to the export: a run with its tabs, a note, several runs side by side, a search for
// parameters with its map, the probes, a second run that must be the same, and the files.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { becomes } from '../lib/becomes.mjs';
import { picture } from '../lib/browser.mjs';
import { begin, signedIn, stepsOf } from '../lib/story.mjs';

/** Issues of the demo market, which has two years of days. */
const [ISSUE, OTHER] = ['00I010', '00I020'];
const SLOW = 60_000;

test('the backtest pages', async (t) => {
  const { page, complaints } = await signedIn(await begin(t));
  const pages = new BacktestPages(page);
  const step = stepsOf(t, page, 'backtest');
  await step('a refusal of the server stands at its field', () => pages.refuse());
  await step('a run is held against an issue, with costs of its own', () => pages.run());
  await step('every tab shows its part, with the keyboard too', () => pages.walkTabs());
  await step('a round trip is found on the candles', () => pages.findTrade());
  await step('every figure tells what it is', () => pages.explain());
  await step('a note saves itself, and comes back', () => pages.note());
  await step('a second run gives the same', () => pages.verify());
  await step('the probes say what the run stands', () => pages.probe());
  await step('the result leaves as three kinds of file', () => pages.exportAll());
  await step('runs stand side by side, the best of each figure marked', () => pages.compare());
  await step('too many combinations are refused before they are sent', () => pages.refuseSweep());
  await step('a search tries every combination', () => pages.sweep());
  await step('its map is read with the keyboard', () => pages.readMap());
  await step('its table is sorted, and leaves as a file', () => pages.readTrials());
  await step('what was chosen is held against what followed', () => pages.readFolds());
  await step('what it found goes to the form', () => pages.useBest());
  await step('the web app complained about nothing', async () => assert.deepEqual(complaints, []));
});

class BacktestPages {
  constructor(page) {
    this.page = page;
  }

  #at(testId) {
    return this.page.getByTestId(testId);
  }

  async #choose(symbol) {
    await this.#at('symbol-search').first().fill(symbol);
    await this.#at(`symbol-option-${symbol}`).click();
  }

  async #download(testId) {
    const [file] = await Promise.all([this.page.waitForEvent('download'), this.#at(testId).click()]);
    return readFile(await file.path(), 'utf8');
  }

  async #tab(name) {
    await this.#at(`result-tab-${name}`).click();
    await this.page.waitForURL((url) => url.searchParams.get('tab') === name);
  }

  /** No index has been imported, so none can be compared with. */
  async refuse() {
    await this.page.goto('/backtest/');
    await this.#choose(ISSUE);
    await this.#at('backtest-use-all').click();
    await this.#at('parameter-lookback').fill('10');
    await this.#at('backtest-advanced').click();
    await this.#at('backtest-benchmark').selectOption('KOSPI');
    await this.#at('backtest-run').click();
    const field = this.#at('backtest-benchmark');
    await this.page.locator('[data-testid="backtest-benchmark"][aria-invalid="true"]').waitFor();
    const note = await this.page.locator(`[id="${await field.getAttribute('aria-describedby')}"]`).innerText();
    assert.match(note, /KOSPI/);
  }

  async run() {
    await this.#at('backtest-benchmark').selectOption('issue');
    await this.#at('symbol-search').nth(1).fill(OTHER);
    await this.#at(`symbol-option-${OTHER}`).click();
    await this.#at('slippage-ticks').click();
    await this.#at('slippage-value').fill('1');
    await this.#at('backtest-commission').selectOption('own');
    await this.#at('commission-rate').fill('0.015');
    await this.#at('backtest-run').click();
    await this.#at('metric-total-return').waitFor({ timeout: SLOW });
    await this.#at('metric-excess-return').waitFor();
    await this.#at('equity-chart').locator('canvas').first().waitFor();
    this.first = Number(new URL(this.page.url()).searchParams.get('id'));
    for (const win of ['metric-win-rate', 'metric-trip-win-rate']) await becomes(() => this.#at(win).innerText(), /%|–/);
    await picture(this.page, 'backtest-overview');
  }

  async walkTabs() {
    await this.#at('result-tab-overview').focus();
    await this.page.keyboard.press('ArrowRight');
    await this.#at('drawdown-row').first().waitFor();
    await this.page.waitForURL((url) => url.searchParams.get('tab') === 'drawdown');
    await this.page.reload();
    await this.#at('drawdown-chart').locator('canvas').first().waitFor();
    await this.#tab('months');
    await becomes(() => this.#at('month-cell').count(), (count) => count >= 12);
    await this.#at('year-row').first().waitFor();
    await this.#tab('rolling');
    await this.#at('rolling-figure').selectOption('volatility');
    await this.#at('rolling-chart').locator('canvas').first().waitFor();
    await becomes(() => this.#at('regime-row').count(), 3);
  }

  async findTrade() {
    await this.#tab('trades');
    await this.#at('round-trip-row').first().waitFor();
    await this.page.waitForFunction(() => Number(document.querySelector('[data-marks]')?.dataset.marks) > 1);
    await this.#at('sort-pnl').click();
    await this.page.waitForURL((url) => url.searchParams.get('sort') === '-pnl');
    await this.page.locator('th[aria-sort="descending"]').waitFor();
    await this.#at('round-trip-show').first().click();
    await this.page.locator('[data-testid="round-trip-show"][aria-pressed="true"]').waitFor();
    const csv = await this.#download('csv-button');
    assert.match(csv, /^symbol,opened_at,closed_at,.*mae,mfe/);
    assert.match(csv, new RegExp(`\n${ISSUE},`));
    await picture(this.page, 'backtest-trades');
    await this.#at('trades-fills').click();
    await this.#at('backtest-trade-row').first().waitFor();
  }

  async explain() {
    await this.#tab('metrics');
    await becomes(() => this.#at('figure').count(), (count) => count > 70);
    await this.#at('figure-search').fill('소르티노');
    await this.page.waitForFunction(() => document.querySelectorAll('[data-testid="figure"]').length === 1);
    const figure = this.page.locator('[data-figure="risk.sortino_ratio"]');
    await figure.locator('summary').click();
    await becomes(() => figure.innerText(), /Sortino & Price 1994/);
  }

  async note() {
    await this.#tab('note');
    await this.#at('backtest-note').fill('첫 메모');
    await this.#at('note-undo').waitFor();
    await this.page.reload();
    await becomes(() => this.#at('backtest-note').inputValue(), '첫 메모');
    await this.#at('backtest-note').fill('다시 쓴 메모');
    await this.#at('note-undo').waitFor();
    const stored = this.page.waitForResponse((answer) => answer.request().method() === 'PATCH' && answer.ok());
    await this.#at('note-undo').click();
    await becomes(() => this.#at('backtest-note').inputValue(), '첫 메모');
    await stored;
    await this.page.reload();
    await becomes(() => this.#at('backtest-note').inputValue(), '첫 메모');
  }

  async verify() {
    await this.#tab('verification');
    await becomes(() => this.#at('result-fingerprint').innerText(), /^[0-9a-f]{64}$/);
    await this.#at('verify-run').click();
    await this.page.locator('[data-testid="verification"][data-matches="true"]').waitFor({ timeout: SLOW });
  }

  async probe() {
    await this.#tab('robustness');
    await this.#at('robustness-run').click();
    await this.page.locator('[data-testid="robustness"][data-status="done"]').waitFor({ timeout: SLOW });
    const checks = await this.#at('robustness-check').evaluateAll((cards) => cards.map(({ dataset }) => [dataset.code, dataset.outcome]));
    assert.deepEqual(checks.map(([code]) => code), ['look_ahead', 'warm_up', 'delay_one_bar', 'double_cost', 'trade_order']);
    assert.equal(Object.fromEntries(checks).look_ahead, 'passed');
    for (const sentence of await this.#at('check-sentence').allInnerTexts()) assert.match(sentence, /\p{Script=Hangul}.*\.$/u);
    await picture(this.page, 'backtest-robustness');
  }

  async exportAll() {
    const save = async (format) => {
      await this.#at('backtest-export').click();
      return this.#download(`export-${format}`);
    };
    const html = await save('html');
    assert.match(html, /^<!doctype html>/i);
    assert.doesNotMatch(html, /<script|(src|href)="https?:/);
    assert.ok(JSON.parse(await save('json')));
    assert.match(await save('csv'), /risk\.sharpe_ratio/);
  }

  async compare() {
    await this.page.goto(`/backtest/?from=${this.first}`);
    await this.#at('parameter-lookback').fill('30');
    await this.#at('backtest-run').click();
    await this.#at('metric-total-return').waitFor({ timeout: SLOW });
    await this.page.goto('/backtest/');
    for (const row of [0, 1]) await this.#at('backtest-choose').nth(row).check();
    await this.#at('compare-open').click();
    await this.page.locator('[data-testid="compare-chart"][data-lines="2"] canvas').first().waitFor();
    await this.page.waitForURL(/ids=\d+,\d+/);
    await becomes(() => this.#at('compare-run').count(), 2);
    await becomes(() => this.page.locator('[data-best]').count(), (count) => count > 3);
    await this.#at('compare-all').click();
    await this.page.locator('[data-figure="activity.cost_drag_bp"]').waitFor();
    await picture(this.page, 'backtest-compare');
  }

  async refuseSweep() {
    await this.page.goto('/backtest/sweeps/');
    await this.#at('empty-state').waitFor();
    await this.#at('sweep-new').first().click();
    await this.#choose(ISSUE);
    await this.#at('backtest-use-all').click();
    await this.#range('lookback', 1, 500, 1);
    await this.#range('entry_threshold_percent', 1, 100, 1);
    await this.page.locator('[data-testid="trial-count"][data-count="50000"][data-allowed="false"]').waitFor();
    await becomes(() => this.#at('sweep-run').isDisabled(), true);
  }

  async #range(name, from, to, step) {
    await this.#at(`axis-${name}-range`).click();
    for (const [part, value] of Object.entries({ from, to, step })) await this.#at(`axis-${name}-${part}`).fill(String(value));
  }

  async sweep() {
    await this.#range('lookback', 5, 30, 5);
    await this.#range('entry_threshold_percent', 1, 4, 1);
    await this.#at('sweep-constraints').fill('exit_threshold_percent < entry_threshold_percent');
    await this.#at('walk-forward').click();
    await this.#at('walk-train_sessions').fill('200');
    await this.#at('walk-test_sessions').fill('60');
    await this.#at('walk-step_sessions').fill('60');
    await this.page.locator('[data-testid="trial-count"][data-allowed="true"]').waitFor();
    await this.#at('sweep-run').click();
    await this.page.locator('[data-testid="sweep-summary"][data-status="done"]').waitFor({ timeout: 2 * SLOW });
    await this.#at('sweep-best').waitFor();
    await becomes(() => this.#at('deflated-sharpe').innerText(), /%/);
    await becomes(() => this.#at('trial-row').count(), 24);
  }

  async readMap() {
    await this.#at('sweep-tab-map').click();
    await becomes(() => this.#at('map-cell').count(), 24);
    await this.#at('trial-map').focus();
    await this.page.keyboard.press('End');
    await this.page.keyboard.press('ArrowDown');
    await becomes(() => this.#at('map-reading').innerText(), /30/);
    await picture(this.page, 'backtest-heat-map');
    await this.#at('sweep-tab-stability').click();
    await this.#at('stability-worst').click();
    await this.#at('stability-map').getByTestId('map-cell').first().waitFor();
  }

  async readTrials() {
    await this.#at('sweep-tab-trials').click();
    await this.#at('sort-total_return').click();
    await this.page.waitForURL((url) => url.searchParams.get('sort') === '-total_return');
    await this.page.locator('th[aria-sort="descending"]').waitFor();
    const csv = await this.#download('csv-button');
    const [head, ...rows] = csv.trim().split(/\r?\n/);
    assert.match(head, /fold,number,.*lookback.*objective/);
    assert.ok(rows.length > 24, 'the trials of folds are among them');
  }

  async readFolds() {
    await this.#at('sweep-tab-walk').click();
    await this.#at('fold-row').first().waitFor();
    await this.#at('out-of-sample-chart').locator('canvas').first().waitFor();
    await picture(this.page, 'backtest-walk-forward');
  }

  async useBest() {
    await this.#at('sweep-best').getByTestId('use-in-strategy').click();
    await this.#at('strategy-form').waitFor();
    const read = async () => Number(await this.#at('parameter-lookback').inputValue());
    const lookback = await becomes(read, (value) => value >= 5 && value <= 30 && value % 5 === 0);
    await this.page.goBack();
    await this.#at('sweep-best').getByTestId('use-in-backtest').click();
    await this.#at('backtest-form').waitFor();
    await becomes(read, lookback);
    await this.#at('backtest-run').click();
    await this.#at('metric-total-return').waitFor({ timeout: SLOW });
    await this.#tab('metrics');
    const trials = this.page.locator('[data-figure="significance.trials"]');
    // The 24 of the search, and the two that were tried by hand before it.
    await becomes(() => trials.innerText(), /\b26\b/);
  }
}
