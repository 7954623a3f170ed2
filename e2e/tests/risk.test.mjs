// Limits with what is used of them, issues that are not to be traded, and the daily proof.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { accessible } from '../lib/axe.mjs';
import { becomes } from '../lib/becomes.mjs';
import { picture } from '../lib/browser.mjs';
import { ACCOUNT, begin, signedIn, stepsOf } from '../lib/story.mjs';

const SYMBOL = '00I010';
const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 375, height: 812 } };

test('limits, restricted issues and the daily proof', async (t) => {
  const story = await begin(t);
  const { page, complaints } = await signedIn(story);
  const step = stepsOf(t, page, 'risk');
  const walk = new Walk(story, page);
  await step('an order is counted against the limits of its day', () => walk.used());
  await step('a limit refuses what is no number, negative, or above the hard cap', () => walk.refusals());
  await step('lowering holds at once and says who did it', () => walk.lower());
  await step('raising takes the password, counts down, and can be taken back', () => walk.raise());
  await step('a restricted issue is refused, and released again', () => walk.restrict());
  await step('the proof shows the day, as a file too', () => walk.prove());
  await step('it reads well on every screen', () => walk.onEveryScreen());
  await step('the web app complained about nothing', async () => assert.deepEqual(complaints, []));
});

class Walk {
  constructor(story, page) {
    Object.assign(this, { story, page, ask: story.ask });
  }

  #at(id) {
    return this.page.getByTestId(id);
  }

  #limit(name) {
    return this.page.locator(`[data-testid="limit-row"][data-limit="${name}"]`);
  }

  #buy(key) {
    return this.ask('POST', 'orders', { symbol: SYMBOL, side: 'buy', order_type: 'market', quantity: 1 }, { 'Idempotency-Key': key });
  }

  async used() {
    await becomes(() => this.ask('GET', `market/quote/${SYMBOL}`).catch(() => ({})), ({ price }) => price > 0);
    const { id } = await this.#buy('counted');
    await becomes(async () => (await this.ask('GET', `orders/${id}`)).state, 'filled');
    await this.page.goto('/risk/?tab=limits');
    await this.#limit('max_orders_per_day').filter({ hasText: '지금 1건' }).waitFor();
  }

  async refusals() {
    await this.#limit('max_order_notional').getByTestId('limit-edit').click();
    const value = this.#at('limit-new-value');
    for (const [typed, sentence] of [['1억', '숫자로 입력하세요'], ['-5', '0보다 작을 수 없습니다'], ['999,999,999', '운영자가 정한 최대값']]) {
      await value.fill(typed);
      await this.#at('limit-save').click();
      await this.page.getByRole('dialog').filter({ hasText: sentence }).waitFor();
    }
  }

  async lower() {
    await this.#at('limit-new-value').fill('5,000,000');
    await this.#at('limit-save').click();
    await this.#limit('max_order_notional').getByTestId('limit-value').filter({ hasText: '5,000,000원' }).waitFor();
    await this.#limit('max_order_notional').getByTestId('limit-by').filter({ hasText: ACCOUNT.full_name }).waitFor();
  }

  async raise() {
    const row = this.#limit('max_order_notional');
    await row.getByTestId('limit-edit').click();
    await this.#at('limit-new-value').fill('6000000');
    await this.#at('limit-password').fill(ACCOUNT.password);
    await this.#at('limit-save').click();
    await row.getByTestId('limit-pending').filter({ hasText: /(10:00|9:\d\d) 뒤 6,000,000원/ }).waitFor();
    await row.getByTestId('limit-value').filter({ hasText: '5,000,000원' }).waitFor();
    await row.getByTestId('limit-withdraw').click();
    await row.getByTestId('limit-pending').waitFor({ state: 'detached' });
    await row.getByTestId('limit-history').click();
    await this.#at('limit-history-sheet').filter({ hasText: '적용되지 않았습니다' }).waitFor();
    await this.page.keyboard.press('Escape');
  }

  async restrict() {
    await this.page.goto('/risk/?tab=restricted');
    await this.page.getByTestId('symbol-search').click();
    await this.page.getByTestId(`symbol-option-${SYMBOL}`).click();
    await this.#at('restricted-picked').filter({ hasText: SYMBOL }).waitFor();
    await this.#at('restricted-reason').fill('내부자 기간');
    await this.#at('restricted-add').click();
    await this.#at('restricted-row').filter({ hasText: '내부자 기간' }).waitFor();
    await assert.rejects(() => this.#buy('restricted'), /RESTRICTED/);
    await this.#at('restricted-release').click();
    await this.#at('empty-state').waitFor();
    await this.#buy('released');
  }

  async prove() {
    await this.page.goto('/proof/');
    const day = this.#at('proof-row').first();
    await day.filter({ hasText: '데모 계좌' }).waitFor();
    await becomes(() => day.innerText(), /2건/);
    const [download] = await Promise.all([this.page.waitForEvent('download'), this.#at('csv-button').click()]);
    assert.equal(download.suggestedFilename(), 'exodus-proof.csv');
    await this.#at('proof-external').click();
    await this.#at('empty-state').filter({ hasText: '다른 곳에서 낸 주문이 없습니다' }).waitFor();
  }

  async onEveryScreen() {
    for (const [size, viewport] of Object.entries(SIZES)) {
      for (const [language, colorScheme] of [['ko', 'light'], ['en', 'dark']]) {
        const { context, page } = await signedIn(this.story, { language, viewport, colorScheme });
        for (const [path, id] of [['risk/?tab=limits', 'limit-row'], ['risk/?tab=restricted', 'restricted-add'], ['proof/', 'proof-row']]) {
          await page.goto(`/${path}`);
          await page.getByTestId(id).first().waitFor();
          await this.#look(page, `${id}-${size}-${language}`);
        }
        await page.goto('/risk/?tab=limits');
        await page.getByTestId('limit-edit').first().click();
        await page.getByTestId('limit-new-value').waitFor();
        await this.#look(page, `limit-edit-${size}-${language}`);
        await context.close();
      }
    }
  }

  async #look(page, name) {
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(overflow <= 0, `${name} is ${overflow} px wider than the window`);
    await picture(page, name);
    await accessible(page);
  }
}
