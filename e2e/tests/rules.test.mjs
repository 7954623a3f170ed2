// The strategy builder: a strategy made by clicks alone, its text and form in step, a preview of what it would have done,
// mistakes found and mended, saved, changed again, on a wide screen and on a phone.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { becomes } from '../lib/becomes.mjs';
import { picture } from '../lib/browser.mjs';
import { begin, signedIn, stepsOf } from '../lib/story.mjs';

const RUNS = '[data-testid=document-findings][data-runs=true]';
const RUNS_NOT = '[data-testid=document-findings][data-runs=false]';
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1440, height: 900 };

test('a strategy is built by clicks, beside its text', async (t) => {
  const story = await begin(t);
  const { page, context } = await signedIn(story, { language: 'ko', viewport: DESKTOP });
  const step = stepsOf(t, page, 'builder');
  const at = (id) => page.getByTestId(id);
  const stored = async (name) => {
    const { items } = await story.ask('GET', 'strategies?page_size=100');
    const found = items.find((strategy) => strategy.name === name);
    assert.ok(found, `${name} is not stored`);
    return found;
  };
  const text = () => page.locator('.cm-line').allTextContents().then((lines) => lines.join('\n'));
  const marks = () => at('preview-chart').getAttribute('data-marks').then(Number);
  const settled = () => page.locator('[data-testid=strategy-preview][data-behind=false]').waitFor();

  await step('two averages and a crossing, by clicks alone', async () => {
    await page.goto('/strategies/build/');
    await at('strategy-name').fill('클릭으로 만든 전략');
    await at('symbol-search').first().click();
    await page.locator('[data-testid^="symbol-option-"]').first().click();
    await at('step-indicators').click();
    for (const search of ['단순이동평균', 'sma']) {
      await at('indicator-add').click();
      await at('picker-search').fill(search);
      await at('picker-sma').click();
    }
    await at('setting-period').first().fill('5');
    await at('step-entry').click();
    await at('condition-add').click();
    await at('step-exit').click();
    await at('condition-add').click();
    await at('condition-operator').selectOption('cross_below');
    await page.locator(RUNS).waitFor();
    await becomes(text, /id: sma\n.*alias: sma_1[\s\S]*operator: cross_above[\s\S]*operator: cross_below/);
    await at('step-basics').click();
    await becomes(() => at('builder-summary').innerText(), /5일 단순이동평균이 20일 단순이동평균을 상향 돌파/);
  });

  await step('the preview shows what it would have done, and why', async () => {
    await becomes(marks, (count) => count > 1);
    await at('preview-totalReturn').waitFor();
    await at('preview-fills').click();
    await becomes(() => at('preview-fill').last().innerText(), /sma_1.*상향 돌파.*sma_2/);
    await picture(page, 'builder-preview');
  });

  await step('a change is seen at once, and undone', async () => {
    const before = await marks();
    await at('step-indicators').click();
    await settled();
    const started = Date.now();
    await at('setting-period').first().fill('3');
    await page.waitForFunction((count) => Number(document.querySelector('[data-testid=preview-chart]').dataset.marks) !== count, before);
    t.diagnostic(`preview after a change: ${Date.now() - started} ms`);
    await at('builder-undo').click();
    await becomes(() => at('setting-period').first().inputValue(), '5');
    await page.waitForFunction((count) => Number(document.querySelector('[data-testid=preview-chart]').dataset.marks) === count, before);
    await at('builder-redo').click();
    await becomes(text, /period: 3/);
    await page.keyboard.press('Control+z');
    await becomes(text, /period: 5/);
  });

  await step('text and form follow each other, and a comment survives', async () => {
    const line = page.locator('.cm-line', { hasText: 'alias: sma_2' });
    await line.click();
    await page.keyboard.press('End');
    await page.keyboard.type(' # the slow one');
    await at('setting-period').nth(1).fill('30');
    await becomes(text, /alias: sma_2 # the slow one/);
    await becomes(text, /period: 30/);
    // A name that others use takes them along.
    const alias = at('entry-alias').nth(1);
    await alias.fill('slow');
    await alias.press('Enter');
    await becomes(text, /alias: slow # the slow one[\s\S]*compare_to: slow/);
    await page.locator(RUNS).waitFor();
    const period = page.locator('.cm-line', { hasText: 'period: 30' });
    await period.click();
    await page.keyboard.press('End');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('40');
    await becomes(() => at('setting-period').nth(1).inputValue(), '40');
  });

  await step('a text that cannot be read stops the form and nothing else', async () => {
    await page.locator('.cm-line', { hasText: 'version:' }).click();
    await page.keyboard.press('Home');
    await page.keyboard.type('a: "');
    await at('builder-unreadable').waitFor();
    await becomes(() => at('setting-period').first().isDisabled(), true);
    await becomes(marks, (count) => count > 1);
    await at('builder-undo').click();
    await at('builder-unreadable').waitFor({ state: 'detached' });
    await becomes(() => at('setting-period').first().isDisabled(), false);
  });

  await step('what is used is not removed without a word', async () => {
    await at('entry-remove').first().click();
    await at('confirm-button').click();
    await page.locator(RUNS_NOT).waitFor();
    await becomes(() => at('entry-card').count(), 1);
    await at('builder-undo').click();
    await becomes(() => at('entry-card').count(), 2);
    await page.locator(RUNS).waitFor();
  });

  await step('a mistake is found, leads to its field, and is mended by its suggestion', async () => {
    const operator = page.locator('.cm-line', { hasText: 'cross_above' });
    await operator.click();
    await page.keyboard.press('End');
    await page.keyboard.type('x');
    await page.locator(RUNS_NOT).waitFor();
    await at('step-basics').click();
    await at('document-error').first().click();
    await at('condition-row').waitFor();
    await page.waitForFunction(() => document.activeElement?.closest('[data-testid=condition-row]') !== null);
    await picture(page, 'builder-findings');
    await at('finding-apply').first().click();
    await page.locator(RUNS).waitFor();
    await becomes(text, /operator: cross_above\n/);
  });

  await step('a number becomes a parameter that this strategy sets', async () => {
    await at('step-indicators').click();
    await at('setting-period-link').first().click();
    await becomes(text, /period: \$sma_1_period/);
    await at('override-sma_1_period').fill('7');
    await page.locator(RUNS).waitFor();
    await at('step-risk').click();
    await at('risk-stop_loss').click();
    await at('risk-stop_loss-percent').fill('8');
    await becomes(text, /stop_loss:\n\s+enabled: true\n\s+percent: 8/);
  });

  await step('work is not lost by leaving', async () => {
    await at('nav-signals').first().click();
    await at('confirm-button').waitFor();
    await picture(page, 'builder-leave');
    await page.keyboard.press('Escape');
    assert.match(page.url(), /strategies\/build/);
  });

  await step('it is saved, and changed again', async () => {
    const written = await text();
    await at('strategy-save').click();
    await at('strategy-card').filter({ hasText: '클릭으로 만든 전략' }).waitFor();
    const { id, parameters } = await stored('클릭으로 만든 전략');
    assert.match(parameters.document, /alias: slow # the slow one/);
    assert.deepEqual(parameters.overrides, { sma_1_period: 7 });
    assert.ok(parameters.document.includes(written.trimEnd()), 'what is stored is not what was shown');

    await page.goto(`/strategies/build/?id=${id}`);
    await at('step-entry').click();
    await at('condition-duplicate').click();
    await at('condition-right').nth(1).selectOption('number');
    await at('condition-number').fill('1000');
    await at('condition-operator').nth(1).selectOption('greater_than');
    await at('logic-AND').waitFor();
    await page.locator(RUNS).waitFor();
    await picture(page, 'builder-conditions');
    await at('strategy-save').click();
    await at('strategy-card').first().waitFor();
    const again = await story.ask('GET', `strategies/${id}`);
    assert.equal(again.version, 2);
    assert.match(again.parameters.document, /operator: greater_than\n\s+compare_to: 1000/);
    assert.match(again.parameters.document, /# the slow one/);
  });
  await context.close();
});

test('every preset runs, and a file is opened', async (t) => {
  const story = await begin(t);
  const { page, context } = await signedIn(story, { language: 'en', viewport: DESKTOP });
  const step = stepsOf(t, page, 'builder-files');
  const at = (id) => page.getByTestId(id);

  await step('presets', async () => {
    const { presets } = await story.ask('GET', 'strategies/blocks');
    assert.equal(presets.length, 10);
    await page.goto('/strategies/build/');
    for (const { id } of presets) {
      await at('builder-presets').click();
      await at(`preset-${id}`).click();
      await becomes(() => page.locator('.cm-line', { hasText: new RegExp(`^\\s+id: ${id}$`) }).count(), (count) => count > 0);
      await page.locator(`${RUNS}[data-behind=false]`).waitFor();
      await page.locator('[data-testid=strategy-preview][data-behind=false]').getByTestId('preview-chart').waitFor();
    }
    await picture(page, 'builder-preset-en');
  });

  await step('files', async () => {
    const file = (buffer) => ({ name: 'mine.kis.yaml', mimeType: 'application/yaml', buffer });
    await at('strategy-document-file').setInputFiles(file(Buffer.from([0xb8, 0xc5])));
    await at('toast-error').first().waitFor();
    await at('strategy-document-file').setInputFiles(file(Buffer.from('version: "1.0"\nmetadata:\n  name: From a file\nstrategy:\n  id: filed\n')));
    await page.locator(RUNS_NOT).waitFor();
    await becomes(() => at('strategy-name').inputValue(), 'From a file');
    const downloading = page.waitForEvent('download');
    await at('builder-download').click();
    assert.equal((await downloading).suggestedFilename(), 'filed.kis.yaml');
    await at('strategy-save').click();
    await at('form-problem').waitFor();
  });
  await context.close();
});

test('on a phone form, preview and text are one tap apart', async (t) => {
  const story = await begin(t);
  for (const language of ['ko', 'en']) {
    const { page, context } = await signedIn(story, { language, viewport: PHONE });
    const at = (id) => page.getByTestId(id);
    await t.test(language, async () => {
      await page.goto('/strategies/build/?preset=golden_cross');
      for (const step of ['basics', 'indicators', 'entry', 'exit', 'risk', 'info']) {
        await at(`step-${step}`).click();
        await picture(page, `builder-phone-${language}-${step}`);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(overflow <= 0, `${step} is ${overflow} px wider than the window`);
      }
      await at('builder-view-preview').click();
      await at('preview-chart').waitFor();
      await becomes(async () => (await at('preview-chart').boundingBox()).height, (height) => height > 200);
      await picture(page, `builder-phone-${language}-preview`);
      await at('builder-view-yaml').click();
      await at('yaml-content').waitFor();
      await picture(page, `builder-phone-${language}-yaml`);
    });
    await context.close();
  }
});
