// The market page on files of its own: issues are found, bad rows set aside or refused, gaps seen and a feed asked for them,
// prices adjusted, bars taken out again, and the rule book answers as the exchange does.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { becomes } from '../lib/becomes.mjs';
import { picture } from '../lib/browser.mjs';
import { BAD_ROWS, GAP, barsCsv, goodBars, symbolsCsv } from '../lib/market-fixtures.mjs';
import { begin, signedIn, stepsOf } from '../lib/story.mjs';

const SYMBOL = '990010';
const DEMO = '00I010';

test('the market page', async (t) => {
  const story = await begin(t);
  const { page, complaints } = await signedIn(story);
  const market = new MarketPage(page);
  const step = stepsOf(t, page, 'market');
  await step('issues are imported and found by initials, code and English name', () => market.findIssues());
  await step('a strict import is refused at the first bad row', () => market.refuseStrictly());
  await step('the default sets bad rows aside and shows each with its reason', () => market.setAside());
  await step('the map shows the missing week, with the keyboard too', () => market.seeGap());
  await step('a repair asks the feed, and says so where nobody delivers', () => market.repair());
  await step('a repair brings what a feed has', () => market.repairFromFeed(story.ask));
  await step('a split turns raw prices into adjusted ones', () => market.adjust());
  await step('an export has every bar', () => market.exportBars());
  await step('the rule book answers by date', () => market.askRules());
  await step('a series can be taken out again', () => market.removeSeries());
  await step('the web app complained about nothing', async () => assert.deepEqual(complaints, []));
});

class MarketPage {
  constructor(page) {
    this.page = page;
  }

  #at(testId) {
    return this.page.getByTestId(testId);
  }

  async #upload({ kind = 'bars', name, text, strict = false }) {
    await this.page.goto(`/market/?tab=imports&kind=${kind}`);
    await this.#at('import-file').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
    if (strict) await this.#at('import-strict').click();
    await this.#at('import-submit').click();
    const row = this.#at('import-row').filter({ hasText: name }).first();
    await row.waitFor();
    const ended = this.page.locator('[data-status="done"], [data-status="failed"]');
    await row.and(ended).waitFor({ timeout: 20_000 });
    return row;
  }

  async findIssues() {
    const row = await this.#upload({ kind: 'symbols', name: 'issues.csv', text: symbolsCsv() });
    assert.equal(await row.getAttribute('data-status'), 'done');
    await this.page.goto('/market/');
    for (const [typed, count] of [['ㅎㄱㅈㅈ', 2], [SYMBOL, 1], ['hangang elec', 1]]) {
      await this.#at('market-search').fill(typed);
      await this.page.waitForURL((url) => url.searchParams.get('q') === typed);
      await this.page.waitForFunction((wanted) => document.querySelectorAll('[data-testid="symbol-row"]').length === wanted, count);
      await becomes(() => this.#at('symbol-row').first().innerText(), /한강전자/);
    }
    await this.#at('symbol-open').first().click();
    await becomes(() => this.#at('symbol-isin').innerText(), /^KR7990010\d{3}$/);
    await this.page.keyboard.press('Escape');
    await this.#at('symbol-sheet').waitFor({ state: 'detached' });
    await this.page.goto('/market/?status=delisted');
    const delisted = this.#at('symbol-row').filter({ hasText: '한강제지' });
    await delisted.locator('[data-state="delisted"]').waitFor();
  }

  async refuseStrictly() {
    const text = barsCsv([...goodBars(), BAD_ROWS.off_grid]);
    const row = await this.#upload({ name: 'strict.csv', text, strict: true });
    assert.equal(await row.getAttribute('data-status'), 'failed');
    assert.match(await row.innerText(), new RegExp(`row ${goodBars().length + 1}, column close`));
  }

  async setAside() {
    const text = barsCsv([...goodBars(), ...Object.values(BAD_ROWS)]);
    const row = await this.#upload({ name: 'bars.csv', text });
    assert.equal(await row.getAttribute('data-status'), 'done');
    const reasons = await row.getByTestId('import-reason').evaluateAll((badges) => badges.map((badge) => badge.dataset.reason).sort());
    assert.deepEqual(reasons, Object.keys(BAD_ROWS).sort());
    await row.getByTestId('quarantine-open').click();
    await this.#at('quarantine-row').nth(Object.keys(BAD_ROWS).length - 1).waitFor();
    await this.#at('quarantine-reason').selectOption('off_grid');
    await this.page.waitForFunction(() => document.querySelectorAll('[data-testid="quarantine-row"]').length === 1);
    await becomes(() => this.#at('quarantine-row').innerText(), /70055/);
    await picture(this.page, 'market-quarantine');
    const csv = await this.#download('csv-button');
    assert.match(csv, /off_grid/);
    assert.doesNotMatch(csv, /non_session/);
  }

  async seeGap() {
    await this.page.goto(`/market/?tab=coverage&span=all&q=${SYMBOL}`);
    const row = this.page.locator(`[data-testid="coverage-row"][data-symbol="${SYMBOL}"]`);
    await row.waitFor();
    assert.ok(Number(await row.getAttribute('data-missing')) >= GAP.length);
    assert.equal(await row.locator('[data-period="2024-01"]').getAttribute('data-level'), 'full');
    assert.equal(await row.locator('[data-period="2024-02"]').getAttribute('data-level'), 'part');
    await this.#at('coverage-grid').focus();
    await this.page.keyboard.press('Home');
    await becomes(() => this.#at('coverage-reading').innerText(), /한강전자 · 2024년 1월/);
    await this.page.keyboard.press('Enter');
    await becomes(() => this.#at('gap-row').first().innerText(), /2024\. 02\. 19\. – 2024\. 02\. 23\.[\s\S]*5거래일/);
    await picture(this.page, 'market-coverage');
  }

  async repair() {
    await this.#at('coverage-repair').click();
    const job = this.#at('coverage-sheet').locator('[data-testid="backfill-row"][data-status="done"]');
    await job.waitFor({ timeout: 30_000 });
    assert.match(await job.getByTestId('backfill-unavailable').innerText(), new RegExp(SYMBOL));
  }

  /** A bar from before the history of a demo issue leaves a gap behind it, which the demo market can fill. */
  async repairFromFeed(ask) {
    const day = new Date((await ask('GET', `market/symbols/${DEMO}`)).daily_from);
    let date;
    do {
      day.setUTCDate(day.getUTCDate() - 7);
      date = day.toISOString().slice(0, 10);
    } while (!(await ask('GET', `market/rules/session?date=${date}`)).is_session);
    const row = await this.#upload({ name: 'older.csv', text: barsCsv([`${DEMO},${date},10000,10000,10000,10000,10`]) });
    assert.equal(await row.getAttribute('data-status'), 'done');
    await this.page.goto(`/market/?tab=coverage&span=all&symbol=${DEMO}&adjusted=false`);
    await this.#at('gap-row').first().waitFor();
    const before = await ask('GET', `market/coverage/${DEMO}?interval=1d`);
    assert.ok(before.missing > 0);
    await this.#at('coverage-repair').click();
    await this.#at('coverage-missing').filter({ hasText: /^0$/ }).waitFor({ timeout: 30_000 });
    await picture(this.page, 'market-repaired');
    const after = await ask('GET', `market/coverage/${DEMO}?interval=1d`);
    assert.deepEqual([after.missing, after.stored], [0, before.stored + before.missing]);
  }

  async adjust() {
    await this.page.goto('/market/?tab=actions');
    const form = this.#at('action-form');
    await form.getByTestId('symbol-search').fill(SYMBOL);
    await this.#at(`symbol-option-${SYMBOL}`).click();
    await this.#at('action-date').fill('2024-03-04');
    await this.#at('action-denominator').fill('50');
    await this.#at('action-submit').click();
    await this.#at('action-row').filter({ hasText: '×0.0200' }).waitFor();
    await this.page.goto(`/trading/?symbol=${SYMBOL}&interval=1d`);
    for (const [choice, basis] of [['raw', 'raw'], ['adjusted', 'adjusted_derived']]) {
      await this.#at(`prices-${choice}`).click();
      await this.page.locator(`[data-testid="price-basis"][data-basis="${basis}"]`).waitFor();
      await this.#at('candle-chart').locator('canvas').first().waitFor();
    }
  }

  async exportBars() {
    await this.page.goto('/market/?tab=export');
    await this.#at('symbol-search').fill(SYMBOL);
    await this.#at(`symbol-option-${SYMBOL}`).click();
    const raw = await this.#download('export-submit');
    const rows = raw.trim().split(/\r?\n/).slice(1);
    assert.equal(rows.length, goodBars().length);
    assert.match(rows[0], /990010.*2024-01-02.*69900.*70200.*69700.*70000.*1000/);
    await this.#at('export-prices-adjusted').click();
    const adjusted = await this.#download('export-submit');
    assert.match(adjusted.trim().split(/\r?\n/)[1], /1398.*1404.*1394.*1400.*50000/);
    await becomes(() => this.#at('export-command').innerText(), /exodus export bars --symbols 990010/);
  }

  async #download(button) {
    const [file] = await Promise.all([this.page.waitForEvent('download'), this.#at(button).click()]);
    return readFile(await file.path(), 'utf8');
  }

  async askRules() {
    await this.page.goto('/market/?tab=rules&date=2024-01-04');
    await this.#at('rules-price').fill('4875');
    await this.#says('rule-upper', '6,330원'); // 6,335 is off the grid that begins at 5,000 won
    await this.#says('rule-tick', '5원');
    await this.#at('rules-date').fill('2026-06-01');
    await this.#at('rules-price').fill('71300');
    await this.#says('cost-commission', '100원');
    await this.#says('cost-tax', '356원');
    await this.#says('cost-rural-tax', '1,069원');
    await this.#says('cost-net', '711,475원');
    await this.#says('cost-settlement', '2026. 06. 04.'); // local elections on the 3rd
    await this.#at('rules-date').fill('2026-11-19'); // the university entrance exam
    const continuous = this.page.locator('[data-testid="phase-row"][data-phase="continuous"]').first();
    await continuous.filter({ hasText: '10:00–16:20' }).waitFor();
    await picture(this.page, 'market-rules');
    await this.#at('rules-date').fill('2026-12-25');
    await this.#at('rules-session').getByTestId('empty-state').waitFor();
  }

  async #says(testId, text) {
    await this.#at(testId).filter({ hasText: text }).waitFor();
  }

  async removeSeries() {
    await this.page.goto(`/market/?tab=coverage&symbol=${SYMBOL}&adjusted=false`);
    await this.#at('series-delete').click();
    await this.#at('confirm-button').click();
    await this.#at('coverage-sheet').waitFor({ state: 'detached' });
    await this.page.goto(`/market/?tab=coverage&q=${SYMBOL}`);
    await this.#at('empty-state').waitFor();
  }
}
