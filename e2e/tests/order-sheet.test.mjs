// The life of an order in words, from every list that shows one, and the kill switches that stop orders.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { accessible } from '../lib/axe.mjs';
import { becomes } from '../lib/becomes.mjs';
import { picture } from '../lib/browser.mjs';
import { ACCOUNT, begin, signedIn, stepsOf } from '../lib/story.mjs';

const SYMBOL = '00I010';
const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 375, height: 812 } };

test('orders in words and the switches that stop them', async (t) => {
  const story = await begin(t);
  const { page, complaints } = await signedIn(story);
  const step = stepsOf(t, page, 'order-sheet');
  const walk = new Walk(story, page);
  await step('orders are placed: one that fills, one that rests', () => walk.place());
  await step('the sheet of an order tells its life, and the address keeps it', () => walk.filled());
  await step('what the risk check saw is a table', () => walk.inputs());
  await step('the keyboard opens and closes it', () => walk.keyboard());
  await step('the rest of an open order is cancelled from its sheet', () => walk.cancel());
  await step('an account is halted by a click, and the page says why nothing goes out', () => walk.halt());
  await step('an order that was stopped says by what', () => walk.refused());
  await step('clearing takes the right password', () => walk.clear());
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

  #steps() {
    return this.#at('order-step').evaluateAll((items) => items.map((item) => item.dataset.step));
  }

  #switch(state) {
    return this.page.locator(`[data-testid="switch-row"][data-scope="account"]${state ? `[data-state="${state}"]` : ''}`);
  }

  async #order(key, body) {
    return this.ask('POST', 'orders', { symbol: SYMBOL, ...body }, { 'Idempotency-Key': key });
  }

  async place() {
    const quote = await becomes(() => this.ask('GET', `market/quote/${SYMBOL}`).catch(() => ({})), ({ price }) => price > 0);
    // Far enough to rest, near enough for the price collar, and on the grid of every tick.
    const price = Math.floor((quote.price * 0.8) / 1_000) * 1_000;
    this.bought = await this.#order('fills', { side: 'buy', order_type: 'market', quantity: 10 });
    this.resting = await this.#order('rests', { side: 'buy', order_type: 'limit', quantity: 5, price });
    await becomes(async () => (await this.ask('GET', `orders/${this.bought.id}`)).state, 'filled');
    await becomes(async () => (await this.ask('GET', `orders/${this.resting.id}`)).state, 'acked');
  }

  async filled() {
    await this.page.goto('/history/');
    await this.#at('order-row').filter({ hasText: '전량 체결' }).getByTestId('order-link').click();
    await this.#at('order-standing').filter({ hasText: '모두 체결되어 장부에 기록했습니다' }).waitFor();
    assert.match(this.page.url(), new RegExp(`[?&]order=${this.bought.id}`));
    const steps = await this.#steps();
    for (const name of ['decision-approved', 'created', 'claimed', 'accepted', 'fill']) assert.ok(steps.includes(name), `${name} in ${steps}`);
    assert.ok(steps.indexOf('decision-approved') < steps.indexOf('created') && steps.indexOf('created') < steps.indexOf('claimed'), String(steps));
    // The address alone brings it again, on any page.
    await this.page.goto(`/trading/?symbol=${SYMBOL}&order=${this.bought.id}`);
    await this.#at('order-broker-number').filter({ hasText: /^\d+$/ }).waitFor();
  }

  async inputs() {
    await this.#at('decision-inputs').first().click();
    const row = this.#at('order-timeline').getByRole('row').filter({ hasText: '주문 가능 금액' });
    await becomes(() => row.innerText(), /100,000,000/);
  }

  async keyboard() {
    await this.page.keyboard.press('Escape');
    await this.#at('order-sheet').waitFor({ state: 'detached' });
    await becomes(() => this.page.url(), (url) => !url.includes('order='));
    const link = this.#at('open-order-row').getByTestId('order-link');
    await link.focus();
    await this.page.keyboard.press('Enter');
    await this.#at('order-standing').filter({ hasText: '증권사가 받아 체결을 기다립니다' }).waitFor();
    await this.page.keyboard.press('Escape');
    await this.#at('order-sheet').waitFor({ state: 'detached' });
    await becomes(() => link.evaluate((element) => element === document.activeElement), true);
  }

  async cancel() {
    await this.#at('open-order-row').getByTestId('order-link').click();
    await this.#at('order-sheet').getByTestId('order-cancel').click();
    await this.#at('order-standing').filter({ hasText: '남은 수량이 취소되었습니다' }).waitFor();
    await this.#at('order-sheet').getByTestId('order-cancel').waitFor({ state: 'detached' });
  }

  async halt() {
    await this.page.goto('/risk/');
    await this.page.locator('[data-testid="risk-verdict"][data-standing="free"]').waitFor();
    await this.#switch('active').getByTestId('switch-halt').click();
    await this.#at('switch-confirm').click();
    await this.#switch('halted').filter({ hasText: ACCOUNT.full_name }).waitFor();
    await this.page.locator('[data-testid="risk-verdict"][data-standing="halted"]').waitFor();
    await this.page.locator('[data-testid="risk-hindrance"][data-scope="account"]').filter({ hasText: ACCOUNT.full_name }).waitFor();
  }

  async refused() {
    await assert.rejects(() => this.#order('stopped', { side: 'buy', order_type: 'market', quantity: 1 }), /423.*HALTED/s);
    await this.page.goto('/history/');
    await this.#at('order-row').filter({ hasText: '위험 관리에서 거부' }).getByTestId('order-link').click();
    await this.#at('order-standing').filter({ hasText: '증권사로 아무것도 보내지 않았습니다' }).waitFor();
    assert.deepEqual((await this.#steps()).slice(0, 1), ['decision-denied']);
  }

  async clear() {
    await this.page.goto('/risk/');
    await this.#switch('halted').getByTestId('switch-clear').click();
    await this.#at('clear-submit').click();
    await becomes(() => this.#at('clear-form').innerText(), /사유 항목을 입력하세요[^]*비밀번호 항목을 입력하세요/);
    await this.#at('clear-reason').fill('점검을 마침');
    await this.#at('clear-password').fill('silver fish swims up');
    await this.#at('clear-submit').click();
    await this.#at('clear-form').filter({ hasText: '비밀번호가 올바르지 않습니다' }).waitFor();
    await this.#at('clear-password').fill(ACCOUNT.password);
    await this.#at('clear-submit').click();
    await this.#switch('active').waitFor();
    await this.page.locator('[data-testid="risk-verdict"][data-standing="free"]').waitFor();
  }

  async onEveryScreen() {
    for (const [size, viewport] of Object.entries(SIZES)) {
      for (const [language, colorScheme] of [['ko', 'light'], ['en', 'dark']]) {
        const { context, page } = await signedIn(this.story, { language, viewport, colorScheme });
        await page.goto(`/history/?order=${this.bought.id}`);
        await page.getByTestId('decision-inputs').first().click();
        await this.#look(page, `order-sheet-${size}-${language}`);
        await page.goto('/risk/');
        await page.getByTestId('switch-row').first().waitFor();
        await this.#look(page, `risk-${size}-${language}`);
        const row = page.locator('[data-testid="switch-row"][data-scope="account"]');
        await row.getByTestId('switch-reduce').click();
        await page.getByTestId('switch-confirm').click();
        await row.getByTestId('switch-clear').click();
        await page.getByTestId('clear-form').waitFor();
        await this.#look(page, `risk-clear-${size}-${language}`);
        await page.getByTestId('clear-reason').fill('ok');
        await page.getByTestId('clear-password').fill(ACCOUNT.password);
        await page.getByTestId('clear-submit').click();
        await page.locator('[data-testid="risk-verdict"][data-standing="free"]').waitFor();
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
