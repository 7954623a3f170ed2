// Strategies as a collection: the first one from a preset, cards with what they came to, every save a version, versions
// held against each other, restored and traded, copies, the archive, and strategies side by side.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { becomes } from '../lib/becomes.mjs';
import { picture } from '../lib/browser.mjs';
import { begin, signedIn, stepsOf } from '../lib/story.mjs';

/** Issues of the demo market, which has two years of days. */
const [ISSUE, OTHER] = ['00I010', '00I020'];
const SLOW = 60_000;
const PHONE = { width: 375, height: 812 };

test('strategies and their versions', async (t) => {
  const story = await begin(t);
  const { page, complaints } = await signedIn(story);
  const pages = new StrategyPages(story, page);
  const step = stepsOf(t, page, 'strategies');
  await step('an empty list offers the presets of every kind', () => pages.startFromPreset());
  await step('a setting is shown while it has an effect', () => pages.showWhatApplies());
  await step('a card tells what its last backtest came to', () => pages.readCard());
  await step('a save is a version, and does not touch the one that trades', () => pages.saveBesideActive());
  await step('what was saved can be let trade at once', () => pages.activateSaved());
  await step('any two versions are held against each other', () => pages.compareVersions());
  await step('an older version comes back with one click, and goes again', () => pages.restore());
  await step('any version can be let trade', () => pages.activateOlder());
  await step('a document shows its changes line by line', () => pages.readDocumentChanges());
  await step('a document leaves as a file', () => pages.exportDocument());
  await step('a backtest names the version that it tested', () => pages.backtestVersion());
  await step('the parameters of a document are searched, and what is found is taken over', () => pages.searchDocument());
  await step('a copy is made, and unmade', () => pages.clone());
  await step('what is put away is listed apart', () => pages.archive());
  await step('the list is searched, narrowed and sorted', () => pages.narrow());
  await step('last backtests stand side by side', () => pages.compare());
  await step('a strategy is deleted after a question', () => pages.remove());
  await step('the pages fit a phone in both languages', () => pages.onPhones());
  await step('the web app complained about nothing', async () => assert.deepEqual(complaints, []));
});

class StrategyPages {
  constructor(story, page) {
    this.story = story;
    this.ask = story.ask;
    this.page = page;
  }

  #at(testId) {
    return this.page.getByTestId(testId);
  }

  #card(id) {
    return this.page.locator(`[data-testid="strategy-card"][data-strategy-id="${id}"]`);
  }

  #version(number) {
    return this.page.locator(`[data-testid="version-row"][data-version="${number}"]`);
  }

  async #menu(id, item) {
    await this.#card(id).getByTestId('strategy-menu').click();
    await this.#at(`strategy-${item}`).click();
  }

  async #runBacktest(body) {
    const end = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    const start = new Date(Date.now() - 400 * 86_400_000).toISOString().slice(0, 10);
    const { id } = await this.ask('POST', 'backtest', { start_date: start, end_date: end, initial_capital: 10_000_000, symbols: [ISSUE], ...body });
    for (const until = Date.now() + SLOW; Date.now() < until; await delay(200)) {
      const run = await this.ask('GET', `backtest/${id}`);
      if (run.status === 'done') return run;
      assert.ok(['queued', 'running'].includes(run.status), `the run is ${run.status}: ${run.error}`);
    }
    throw new Error(`backtest ${id} was not done in time`);
  }

  async startFromPreset() {
    await this.page.goto('/strategies/');
    await this.#at('preset-gallery').waitFor();
    const types = await this.ask('GET', 'strategies/types');
    const presets = types.flatMap(({ presets }) => presets);
    await becomes(() => this.#at('preset-card').count(), presets.length);
    await picture(this.page, 'strategies-empty');
    await this.#at('preset-card').first().click();
    await this.#at('strategy-form').waitFor();
    await becomes(() => this.#at('strategy-name').inputValue(), types[0].presets[0].name.ko);
    await becomes(() => this.#at('parameter-lookback').inputValue(), String(types[0].presets[0].parameters.lookback));
    await this.#at('strategy-name').fill('첫 전략');
    await this.#at('symbol-search').fill(ISSUE);
    await this.#at(`symbol-option-${ISSUE}`).click();
    await this.#at('strategy-preview').waitFor();
    await this.#at('strategy-save').click();
    await this.#at('strategy-card').waitFor();
    [{ id: this.first }] = (await this.ask('GET', 'strategies')).items;
  }

  async showWhatApplies() {
    await this.page.goto(`/strategies/edit/?id=${this.first}`);
    await this.#at('parameter-sizing').waitFor();
    await becomes(() => this.#at('parameter-atr_multiple').count(), 0);
    await this.#at('parameter-sizing').selectOption('atr_risk');
    await this.#at('parameter-atr_multiple').waitFor();
    await becomes(() => this.#at('parameter-position_size_percent').count(), 0);
    await this.#at('parameter-sizing').selectOption('fixed_amount');
    await becomes(() => this.#at('parameter-position_amount').inputValue(), '1,000,000');
    await picture(this.page, 'strategies-form');
  }

  async readCard() {
    await this.#runBacktest({ strategy_id: this.first });
    await this.page.goto('/strategies/');
    const card = this.#card(this.first);
    await card.getByTestId('sparkline').waitFor();
    await becomes(() => card.getByTestId('strategy-last-backtest').innerText(), /%/);
    await becomes(() => card.getByTestId('strategy-summary').innerText(), /봉/);
    await becomes(() => card.getByTestId('version-badge').first().getAttribute('data-version'), '1');
    assert.match(await card.getByTestId('sparkline').getAttribute('aria-label'), /%/);
  }

  async #save(name, value) {
    await this.page.goto(`/strategies/edit/?id=${this.first}`);
    await this.#at(`parameter-${name}`).fill(String(value));
    await this.#at('strategy-save').click();
    await this.#at('strategy-card').first().waitFor();
  }

  async saveBesideActive() {
    await this.#card(this.first).getByTestId('strategy-active').click();
    await this.#card(this.first).getByTestId('strategy-where').waitFor();
    await this.page.goto(`/strategies/edit/?id=${this.first}`);
    await becomes(() => this.#at('version-note').innerText(), /v1 거래 중.*v2/);
    await this.#save('lookback', 40);
    await this.#card(this.first).getByTestId('strategy-switch-version').waitFor();
    await becomes(() => this.#card(this.first).getByTestId('strategy-where').innerText(), /v1/);
    const { version, active_version: active } = await this.ask('GET', `strategies/${this.first}`);
    assert.deepEqual([version, active], [2, 1]);
  }

  async activateSaved() {
    await this.#save('lookback', 30);
    await this.#at('toast-action').click();
    await this.page.locator('[data-testid="strategy-where"]', { hasText: 'v3 거래 중' }).waitFor();
    assert.equal((await this.ask('GET', `strategies/${this.first}`)).active_version, 3);
    // Nothing changed: no new version.
    await this.page.goto(`/strategies/edit/?id=${this.first}`);
    await this.#at('strategy-save').click();
    await this.#at('toast-info').waitFor();
    assert.equal((await this.ask('GET', `strategies/${this.first}`)).version, 3);
  }

  async compareVersions() {
    await this.page.goto('/strategies/');
    await this.#menu(this.first, 'versions');
    await becomes(() => this.#at('version-row').count(), 3);
    await becomes(() => this.#version(3).getAttribute('data-active'), 'true');
    await becomes(() => this.#version(2).getByTestId('version-show').innerText(), /60봉 → 40봉/);
    const field = this.page.locator('[data-testid="diff-field"][data-field="parameters.lookback"]');
    await becomes(() => field.innerText(), /40봉[^]*30봉/);
    await this.#at('diff-from').selectOption('1');
    await field.filter({ hasText: '60봉' }).waitFor();
    await picture(this.page, 'strategies-versions');
    await this.#version(2).getByTestId('version-show').click();
    await this.page.waitForURL((url) => url.searchParams.get('version') === '2');
    await field.filter({ hasText: '40봉' }).waitFor();
  }

  async restore() {
    await this.#version(1).getByTestId('version-restore').click();
    await this.#version(4).waitFor();
    assert.equal((await this.ask('GET', `strategies/${this.first}`)).parameters.lookback, 60);
    await this.#at('toast-action').click();
    await this.#version(5).waitFor();
    const { parameters, active_version: active } = await this.ask('GET', `strategies/${this.first}`);
    assert.deepEqual([parameters.lookback, active], [30, 3]);
  }

  async activateOlder() {
    await this.#version(2).getByTestId('version-activate').click();
    await this.page.locator('[data-testid="version-row"][data-version="2"][data-active="true"]').waitFor();
    await becomes(() => this.page.locator('[data-testid="version-row"][data-active="true"]').count(), 1);
    await this.#version(2).getByTestId('version-deactivate').click();
    await this.page.locator('[data-testid="version-row"][data-version="2"][data-active="false"]').waitFor();
  }

  async readDocumentChanges() {
    const types = await this.ask('GET', 'strategies/types');
    const { parameters } = types.find(({ strategy_type: kind }) => kind === 'rules').presets[0];
    const fields = { name: '규칙 전략', description: '', strategy_type: 'rules', symbols: [ISSUE] };
    ({ id: this.rules } = await this.ask('POST', 'strategies', { ...fields, parameters }));
    const document = parameters.document.replace('cross_below', 'less_than').replace(/\n/, '\n# 고친 문서\n');
    await this.ask('PUT', `strategies/${this.rules}`, { ...fields, symbols: [OTHER], parameters: { ...parameters, document } });
    await this.page.goto(`/strategies/versions/?id=${this.rules}`);
    await this.#at('document-diff').waitFor();
    await becomes(() => this.page.locator('[data-testid="document-diff"] [data-kind="added"]').count(), 2);
    await becomes(() => this.page.locator('[data-testid="document-diff"] [data-kind="removed"]').count(), 1);
    await picture(this.page, 'strategies-document-unified');
    await this.#at('diff-split').click();
    await picture(this.page, 'strategies-document-split');
  }

  async exportDocument() {
    await this.page.goto('/strategies/');
    await this.#menu(this.rules, 'export');
    const [file] = await Promise.all([this.page.waitForEvent('download'), this.#at('export-text').click()]);
    assert.equal(file.suggestedFilename(), '규칙 전략.kis.yaml');
    const { parameters } = await this.ask('GET', `strategies/${this.rules}`);
    assert.equal(await readFile(await file.path(), 'utf8'), parameters.document);
    const [other] = await Promise.all([this.page.waitForEvent('download'), this.#at('export-backtester').click()]);
    assert.match(await readFile(await other.path(), 'utf8'), /x_exodus/);
    await this.page.keyboard.press('Escape');
  }

  async backtestVersion() {
    await this.page.goto(`/strategies/versions/?id=${this.first}`);
    await this.#version(2).getByTestId('version-backtest').click();
    await becomes(() => this.#at('backtest-version').inputValue(), '2');
    await this.#at('backtest-run').click();
    await this.#at('metric-total-return').waitFor({ timeout: SLOW });
    await this.#at('result-tab-verification').click();
    await this.#at('strategy-version-link').first().click();
    await this.page.waitForURL((url) => url.pathname === '/strategies/versions/' && url.searchParams.get('version') === '2');
    await this.page.goto('/backtest/');
    await becomes(() => this.#at('backtest-row').first().getByTestId('version-badge').getAttribute('data-version'), '2');
  }

  async searchDocument() {
    await this.page.goto('/backtest/sweeps/new/?type=rules');
    const axes = this.page.locator('[data-testid="sweep-axis"][data-axis^="overrides."]');
    await axes.first().waitFor();
    const name = await axes.first().getAttribute('data-axis');
    await this.#at('symbol-search').first().fill(ISSUE);
    await this.#at(`symbol-option-${ISSUE}`).click();
    await this.#at('backtest-use-all').click();
    await this.#at(`axis-${name}-list`).click();
    await this.#at(`axis-${name}-values`).fill('5, 8');
    await picture(this.page, 'strategies-search-document');
    await this.page.locator('[data-testid="trial-count"][data-count="2"]').waitFor();
    await this.#at('sweep-run').click();
    await this.page.locator('[data-testid="sweep-summary"][data-status="done"]').waitFor({ timeout: SLOW });
    await becomes(() => this.#at('trial-row').count(), 2);
    await picture(this.page, 'strategies-searched-document');
    await this.#at('sweep-best').getByTestId('use-in-backtest').click();
    await becomes(() => this.#at(`parameter-${name}`).inputValue(), (best) => ['5', '8'].includes(best));
    await this.#at('backtest-run').click();
    await this.#at('metric-total-return').waitFor({ timeout: SLOW });
  }

  async clone() {
    await this.page.goto('/strategies/');
    await this.#menu(this.first, 'clone');
    await this.page.locator('[data-testid="strategy-card"]', { hasText: '첫 전략 사본' }).waitFor();
    await this.#at('toast-action').click();
    await this.page.locator('[data-testid="strategy-card"]', { hasText: '첫 전략 사본' }).waitFor({ state: 'detached' });
    await this.#menu(this.first, 'clone');
    const copy = this.page.locator('[data-testid="strategy-card"]', { hasText: '첫 전략 사본' });
    await copy.waitFor();
    this.copy = await copy.getAttribute('data-strategy-id');
    await this.#runBacktest({ strategy_id: Number(this.copy) });
  }

  async archive() {
    await this.page.goto('/strategies/');
    await this.#menu(this.copy, 'archive');
    await this.#card(this.copy).waitFor({ state: 'detached' });
    await this.#at('toast-action').click();
    await this.#card(this.copy).waitFor();
    await this.#menu(this.copy, 'archive');
    await this.#card(this.copy).waitFor({ state: 'detached' });
    await this.#at('strategies-archived').click();
    await this.#card(this.copy).waitFor();
    await becomes(() => this.#at('strategy-card').count(), 1);
    await picture(this.page, 'strategies-archive');
    await this.#menu(this.copy, 'unarchive');
    await this.#card(this.copy).waitFor({ state: 'detached' });
    await this.#at('empty-state').waitFor();
    await this.#at('strategies-all').click();
    await this.#card(this.copy).waitFor();
  }

  async narrow() {
    const shown = (expected) =>
      this.page.waitForFunction((names) => {
        const headings = [...document.querySelectorAll('[data-testid="strategy-card"] h2')];
        return JSON.stringify(headings.map((heading) => heading.textContent)) === JSON.stringify(names);
      }, expected);
    await this.#at('strategies-search').fill('사본');
    await shown(['첫 전략 사본']);
    await this.#at('strategies-search').fill('없는 이름');
    await this.#at('strategies-show-all').click();
    await this.page.waitForURL((url) => url.search === '');
    await becomes(() => this.#at('strategies-search').inputValue(), '');
    await this.#at('strategies-type').selectOption('rules');
    await shown(['규칙 전략']);
    await this.#at('strategies-type').selectOption('');
    await this.#at('strategies-sort').selectOption('name');
    await shown(['규칙 전략', '첫 전략', '첫 전략 사본']);
    await this.#at('strategies-active').click();
    await this.#at('empty-state').waitFor();
  }

  async compare() {
    await this.page.goto('/strategies/');
    await this.#menu(this.first, 'compare');
    await this.#at('strategy-compare-bar').waitFor();
    await becomes(() => this.#card(this.rules).getByTestId('strategy-choose').isDisabled(), true);
    await this.#card(this.copy).getByTestId('strategy-choose').check();
    await picture(this.page, 'strategies-choosing');
    await this.#at('strategy-compare-open').click();
    await this.page.locator('[data-testid="compare-chart"][data-lines="2"]').waitFor();
  }

  async remove() {
    await this.page.goto('/strategies/');
    await this.#menu(this.copy, 'delete');
    await this.#at('confirm-button').click();
    await this.#card(this.copy).waitFor({ state: 'detached' });
    await picture(this.page, 'strategies-cards');
  }

  async onPhones() {
    const paths = ['strategies/', `strategies/versions/?id=${this.first}`, `strategies/versions/?id=${this.rules}`, `strategies/edit/?id=${this.first}`];
    for (const language of ['ko', 'en']) {
      const { context, page } = await signedIn(this.story, { language, viewport: PHONE });
      for (const path of paths) {
        await page.goto(`/${path}`);
        await page.getByRole('heading', { level: 1 }).first().waitFor();
        await page.waitForLoadState('networkidle').catch(() => {});
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(overflow <= 0, `/${path} is ${overflow} px wider than a phone in ${language}`);
        await picture(page, `strategies-phone-${path.replace(/\W+/g, '-')}-${language}`);
      }
      await context.close();
    }
  }
}
