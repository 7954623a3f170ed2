// An order that somebody placed elsewhere: it is shown and left alone until a person takes it over, and is theirs from then on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { accessible } from '../lib/axe.mjs';
import { becomes } from '../lib/becomes.mjs';
import { beginAtBroker } from '../lib/broker.mjs';
import { picture } from '../lib/browser.mjs';
import { signedIn, stepsOf } from '../lib/story.mjs';

const SYMBOL = '005930';
const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
/** The monitor looks each second, and the lists are read at least each minute. */
const MONITOR_MS = 5_000;
const LISTS = { timeout: 90_000 };

test('orders of others', async (t) => {
  const story = await beginAtBroker(t, { factor: 1 });
  const { page, complaints } = await signedIn(story);
  const step = stepsOf(t, page, 'external');
  const walk = new Walk(story, page);
  await step('an order by telephone is shown', () => walk.show());
  await step('it fits, and is accessible, on every screen', () => walk.onEveryScreen());
  await step('one is confirmed to be somebody else\'s, and stays', () => walk.confirm());
  await step('one is taken over, and nothing is halted for it', () => walk.adopt());
  await step('it can be cancelled from here', () => walk.cancel());
  await step('the web app complained about nothing', async () => assert.deepEqual(complaints, []));
});

class Walk {
  constructor(story, page) {
    Object.assign(this, { story, page, ask: story.ask, broker: story.broker });
  }

  #at(id) {
    return this.page.getByTestId(id);
  }

  #row(number) {
    return this.#at('external-row').filter({ hasText: number });
  }

  async show() {
    const price = await this.broker.priceOf(SYMBOL, -5);
    this.theirs = await this.broker.byHand({ symbol: SYMBOL, side: 'buy', quantity: 3, price });
    this.mine = await this.broker.byHand({ symbol: SYMBOL, side: 'buy', quantity: 7, price });
    await this.page.goto('/proof/?tab=external');
    for (const number of [this.theirs, this.mine]) await this.#row(number).filter({ hasText: '체결 대기' }).waitFor(LISTS);
    assert.equal((await this.ask('GET', 'orders')).total, 0);
  }

  async onEveryScreen() {
    for (const [language, colorScheme] of [['ko', 'light'], ['en', 'dark']]) {
      const { context, page } = await signedIn(this.story, { language, colorScheme });
      for (const [size, viewport] of Object.entries(SIZES)) {
        await page.setViewportSize(viewport);
        await page.goto('/proof/?tab=external');
        await page.getByTestId('external-row').first().waitFor();
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(overflow <= 0, `${overflow} px wider than the window`);
        await picture(page, `external-${size}-${language}`);
        await accessible(page);
      }
      await context.close();
    }
  }

  async confirm() {
    await this.#row(this.theirs).getByTestId('external-confirm').click();
    await this.#at('external-do').click();
    await this.#row(this.theirs).filter({ hasText: '다른 곳의 주문으로 확인함' }).waitFor();
    assert.equal(await this.#row(this.theirs).getByTestId('external-confirm').count(), 0);
  }

  async adopt() {
    await this.#row(this.mine).getByTestId('external-adopt').click();
    await this.#at('external-do').click();
    await this.#row(this.mine).waitFor({ state: 'detached' });
    const [adopted] = (await this.ask('GET', 'orders')).items;
    assert.deepEqual([adopted.state, adopted.quantity, adopted.kis_order_id?.endsWith(this.mine)], ['acked', 7, true]);
    this.adopted = adopted.id;
    await delay(MONITOR_MS);
    assert.deepEqual(await this.ask('GET', 'account/kill-switches'), [], 'it never left here, and that is no breach');
    assert.equal((await this.ask('GET', `orders/${this.adopted}`)).state, 'acked');
  }

  async cancel() {
    await this.page.goto(`/history/?order=${this.adopted}`);
    await this.#at('order-sheet').getByTestId('order-cancel').click();
    await this.#at('order-standing').filter({ hasText: '남은 수량이 취소되었습니다' }).waitFor(LISTS);
    await becomes(async () => {
      const { orders } = await this.broker.truth();
      return orders.filter(({ action }) => action === 'new').map(({ quantity, remaining }) => [quantity, remaining]);
    }, [[3, 3], [7, 0]]);
  }
}
