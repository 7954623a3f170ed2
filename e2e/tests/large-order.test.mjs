// An order far larger than usual: the ticket says so, and a person confirms it by typing what it is worth.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { accessible } from '../lib/axe.mjs';
import { becomes } from '../lib/becomes.mjs';
import { picture } from '../lib/browser.mjs';
import { begin, signedIn, stepsOf } from '../lib/story.mjs';

const SYMBOL = '00I010';
const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
/** Of all assets, in hundredths of a percent, what an order may be without a word: a million won. */
const LIMIT = { name: 'fat_finger_equity', value: 100, unit: 'basis_points' };

test('an order far larger than usual', async (t) => {
  const story = await begin(t);
  const { page, complaints } = await signedIn(story);
  const step = stepsOf(t, page, 'large-order');
  const walk = new Walk(story, page);
  await step('how large an order may be is lowered', () => walk.lower());
  await step('a far larger one is not sent, and the ticket asks for its worth', () => walk.ask());
  await step('another amount is not taken, and going back sends nothing', () => walk.refuse());
  await step('with its worth typed it goes out', () => walk.confirm());
  await step('an order at the market is confirmed about its worth', () => walk.atMarket());
  await step('the question fits, and is accessible, on every screen', () => walk.onEveryScreen());
  await step('the web app complained about nothing', async () => assert.deepEqual(complaints, []));
});

class Walk {
  constructor(story, page) {
    Object.assign(this, { story, page, api: story.ask });
  }

  #at(id) {
    return this.page.getByTestId(id);
  }

  async #sent() {
    const { items } = await this.api('GET', 'orders?page_size=100');
    return items.filter(({ denial }) => denial === null);
  }

  async lower() {
    const quote = await becomes(() => this.api('GET', `market/quote/${SYMBOL}`).catch(() => ({})), ({ price }) => price > 0);
    // Far enough to rest, near enough for the price collar of the demo account, and on the grid of every tick.
    this.price = Math.floor((quote.price * 0.9) / 1_000) * 1_000;
    this.large = Math.ceil(1_200_000 / this.price);
    const { name, ...value } = LIMIT;
    await this.api('PUT', `risk/limits/${name}`, value);
  }

  async #type(page, { quantity, atMarket = false }) {
    await page.goto(`/trading/?symbol=${SYMBOL}`);
    await becomes(() => page.getByTestId('ticket-price').inputValue(), /\d/);
    if (atMarket) await page.getByTestId('ticket-market').click();
    else await page.getByTestId('ticket-price').fill(String(this.price));
    await page.getByTestId('ticket-quantity').fill(String(quantity));
    await page.getByTestId('ticket-submit').click();
  }

  async ask() {
    await this.#type(this.page, { quantity: this.large });
    this.worth = this.price * this.large;
    await this.#at('large-order').filter({ hasText: `${this.worth.toLocaleString('en')}원` }).waitFor();
    await this.#at('large-order').filter({ hasText: '확인 없이 낼 수 있는 금액' }).waitFor();
    assert.equal((await this.#sent()).length, 0);
  }

  async refuse() {
    await this.#at('large-order-submit').click();
    await this.#at('large-order').filter({ hasText: '그대로 입력하세요' }).waitFor();
    await this.#at('large-order-amount').fill(String(this.worth - 1));
    await this.#at('large-order-submit').click();
    await this.#at('large-order').filter({ hasText: '주문 금액과 다릅니다' }).waitFor();
    assert.equal(await this.#at('large-order-amount').getAttribute('aria-invalid'), 'true');
    await this.#at('large-order-cancel').click();
    await this.#at('large-order').waitFor({ state: 'detached' });
    assert.equal((await this.#sent()).length, 0);
  }

  async confirm() {
    await this.#at('ticket-submit').click();
    await this.#at('large-order-amount').fill(String(this.worth));
    await this.page.keyboard.press('Enter');
    await this.#at('large-order').waitFor({ state: 'detached' });
    await becomes(async () => (await this.#sent()).find(({ quantity }) => quantity === this.large)?.state, 'acked');
    assert.equal((await this.#sent()).length, 1);
  }

  async atMarket() {
    await this.#type(this.page, { quantity: this.large * 2, atMarket: true });
    const hint = await becomes(() => this.#at('large-order').innerText(), /([\d,]+)을 그대로/);
    await this.#at('large-order-amount').fill(/([\d,]+)을 그대로/.exec(hint)[1]);
    await this.#at('large-order-submit').click();
    await this.#at('large-order').waitFor({ state: 'detached' });
    await becomes(async () => (await this.#sent()).find(({ quantity }) => quantity === this.large * 2)?.state, 'filled');
  }

  async onEveryScreen() {
    for (const [size, viewport] of Object.entries(SIZES)) {
      for (const [language, colorScheme] of [['ko', 'light'], ['en', 'dark']]) {
        const { context, page } = await signedIn(this.story, { language, viewport, colorScheme });
        await this.#type(page, { quantity: this.large * 3 });
        await page.getByTestId('large-order-amount').fill('1');
        await page.getByTestId('large-order-submit').click();
        await page.locator('[data-testid="large-order-amount"][aria-invalid="true"]').waitFor();
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(overflow <= 0, `${overflow} px wider than the window`);
        await picture(page, `large-order-${size}-${language}`);
        await accessible(page);
        await context.close();
      }
    }
  }
}
