// What a person sees and does when the broker leaves things open: an order without an answer, two rows that may be it, a
// circuit that opens, an account in review, books that differ. The broker is the emulator, with faults on demand.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { accessible } from '../lib/axe.mjs';
import { becomes } from '../lib/becomes.mjs';
import { beginAtBroker } from '../lib/broker.mjs';
import { picture } from '../lib/browser.mjs';
import { ACCOUNT, signedIn, stepsOf } from '../lib/story.mjs';

const [DOUBTED, TRADED, OTHER] = ['005930', '000660', '035720'];
const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
/** A strategy decides at the close of a minute; a circuit is tried after half a minute. */
const MINUTES = { timeout: 240_000 };

/** What the ticket says while there is no price, or an old one. */
const TOO_EARLY = /시세가 너무 오래|시세가 아직 없습니다|아직 준비되지 않았습니다|너무 자주 냈습니다/;

/** The broker carries orders out and never says so, and its lists are those of before. */
const SILENT = [
  { when: { call: 'order-cash' }, what: { kind: 'answer_lost' } },
  { when: { call: 'inquire-daily-ccld' }, what: { kind: 'list_lag', seconds: 3_600 } },
];

/** Buys at the close of the next minute whatever the price does: any change is above −80 %. */
const BUYER = {
  name: '사 두는 전략',
  description: '',
  strategy_type: 'momentum',
  parameters: { interval: '1m', lookback: 1, exit_threshold_percent: -90, entry_threshold_percent: -80, position_size_percent: 1 },
  symbols: [TRADED],
};

test('what a broker leaves open', async (t) => {
  const story = await beginAtBroker(t, { factor: 1 });
  const { page, complaints } = await signedIn(story);
  const step = stepsOf(t, page, 'doubts');
  const walk = new Walk(story, page);
  await step('a strategy buys, and all is well', () => walk.trade(t));
  await step('an order without an answer is being checked, and nothing is sent again', () => walk.unknown());
  await step('two rows that may be it are for a person', () => walk.ambiguous());
  await step('the decision takes the number, a reason and the password', () => walk.decide());
  await step('what is open of it is cancelled, and its twin is left alone', () => walk.cancel());
  await step('two orders without an answer open the circuit, and the bell says so', () => walk.open());
  await step('a notification stays until somebody says that they have seen it', () => walk.acknowledge());
  await step('the circuit closes once the broker has proven itself', () => walk.close());
  await step('an order of others in what a strategy holds puts the account into review', () => walk.review());
  await step('a person releases it with the password, and trading goes on', () => walk.release());
  await step('books that nothing explains halt the account, and the page leads out of it', () => walk.mismatch());
  await step('the web app complained about nothing', async () => assert.deepEqual(complaints, []));
});

class Walk {
  constructor(story, page) {
    Object.assign(this, { story, page, ask: story.ask, broker: story.broker });
  }

  #at(id) {
    return this.page.getByTestId(id);
  }

  async trade(t) {
    const { id } = await this.ask('POST', 'strategies', BUYER);
    await this.ask('POST', `strategies/${id}/activate`, {});
    this.strategy = id;
    t.after(await this.broker.lively(TRADED));
    await this.page.goto('/holdings/');
    await this.#at('holding-row').filter({ hasText: TRADED }).waitFor(MINUTES);
  }

  async #newest() {
    return (await this.ask('GET', `orders?symbol=${DOUBTED}`)).items[0];
  }

  /** What the broker truly has of the order and its twin. */
  async #tens() {
    return (await this.broker.truth()).orders.filter(({ action, symbol, quantity }) => action === 'new' && symbol === DOUBTED && quantity === 10);
  }

  /** Types an order into the ticket while others trade, and presses again as long as its price is too old. */
  async #ticket(symbol, quantity, percent) {
    await this.page.goto(`/trading/?symbol=${symbol}`);
    const quiet = await this.broker.lively(symbol);
    try {
      await becomes(() => this.#at('ticket-price').inputValue(), /\d/);
      await this.#at('ticket-quantity').fill(String(quantity));
      do {
        await this.#at('ticket-price').fill(String(await this.broker.priceOf(symbol, percent)));
        await this.#at('ticket-submit').click();
        await this.page.locator('[data-testid="ticket-submit"]:not([aria-busy="true"])').waitFor({ timeout: 60_000 });
      } while (TOO_EARLY.test(await this.#at('order-ticket').innerText()) || (await this.#newest())?.state === 'not_sent');
    } finally {
      quiet();
    }
  }

  async unknown() {
    await this.broker.knows(DOUBTED);
    await this.broker.byHand({ symbol: DOUBTED, side: 'buy', quantity: 3, price: await this.broker.priceOf(DOUBTED, -2) });
    await this.broker.faults(...SILENT);
    await this.#ticket(DOUBTED, 10, -2);
    await becomes(async () => (await this.#newest())?.state, 'unknown');
    this.doubted = await this.#newest();
    await this.#at('open-order-row').filter({ hasText: '보냈으나 확인 중' }).getByTestId('order-link').click();
    await this.#at('order-standing').filter({ hasText: '들어갔을 수도, 들어가지 않았을 수도 있습니다' }).waitFor();
    await this.#at('order-standing').filter({ hasText: '다시 내지 마세요' }).waitFor();
    await this.page.locator('[data-testid="order-step"][data-step="answer_lost"]').waitFor();
    assert.equal(await this.#at('order-decide').count(), 0, 'there is nothing to decide yet');
    await this.#look(this.page, 'doubts-unknown');
    // The same again is refused, in words, and the broker has one order.
    await this.page.keyboard.press('Escape');
    await this.#ticket(DOUBTED, 10, -2);
    await this.#at('order-ticket').filter({ hasText: '앞선 주문이 아직 확인되지 않았습니다' }).waitFor();
    assert.equal((await this.#tens()).length, 1);
    // The evidence may be looked at before anybody has to decide.
    await this.page.goto(`/orders/doubt/?id=${this.doubted.id}`);
    await this.#at('doubt-waiting').waitFor();
    assert.equal(await this.#at('doubt-decide').count(), 0);
  }

  async ambiguous() {
    await this.page.goto('/risk/');
    const row = this.#at('doubt-row').filter({ hasText: '보냈으나 확인 중' });
    await row.waitFor();
    const { price } = this.doubted;
    this.twin = await this.broker.byHand({ symbol: DOUBTED, side: 'buy', quantity: 10, price });
    await this.broker.faults();
    await this.#at('doubt-row').filter({ hasText: '결정 필요' }).waitFor({ timeout: 90_000 });
    await this.#at('doubt-row').getByTestId('doubt-open').click();
    await this.#at('doubt-why').filter({ hasText: '맞는 주문이 둘 이상입니다' }).waitFor();
    // Both rows of the broker, and that it never came; the others cannot be it, and say why.
    await becomes(() => this.page.locator('[data-testid="doubt-choice"]:enabled').count(), 3);
    await this.page.locator('[data-testid="doubt-choice"]:disabled').filter({ hasText: '수량이 다름' }).first().waitFor();
    await this.#look(this.page, 'doubts-ambiguous');
  }

  async decide() {
    const [ours] = (await this.#tens()).filter(({ by_hand: byHand }) => !byHand);
    const choice = this.page.locator(`[data-testid="doubt-choice"][data-choice$="${ours.odno}"]`);
    const number = await choice.getAttribute('data-choice');
    await choice.click();
    await this.#at('doubt-decide').click();
    await this.#at('decide-reason').fill('보낸 시각과 같은 초에 접수됨');
    await this.#at('decide-phrase').fill('아무 번호');
    await this.#at('decide-password').fill('silver fish swims up');
    await this.#at('decide-submit').click();
    await this.#at('decide-form').filter({ hasText: '그대로' }).waitFor();
    await this.#at('decide-phrase').fill(number);
    await this.#at('decide-submit').click();
    await this.#at('decide-form').filter({ hasText: '비밀번호가 올바르지 않습니다' }).waitFor();
    await this.#at('decide-password').fill(ACCOUNT.password);
    await this.#at('decide-submit').click();
    await this.#at('order-standing').filter({ hasText: '증권사가 받아 체결을 기다립니다' }).waitFor();
    const told = await this.ask('GET', `orders/${this.doubted.id}`);
    assert.deepEqual([told.state, told.kis_order_id, told.bound_by], ['acked', number, 'person']);
  }

  async cancel() {
    await this.page.goto(`/history/?order=${this.doubted.id}`);
    await this.#at('order-sheet').getByTestId('order-cancel').click();
    await this.#at('order-standing').filter({ hasText: '남은 수량이 취소되었습니다' }).waitFor(MINUTES);
    const rests = (await this.#tens()).map(({ by_hand: byHand, remaining }) => [byHand, remaining]);
    assert.deepEqual(rests.sort(), [[false, 0], [true, 10]]);
    await this.page.goto('/proof/?tab=external');
    await this.#at('external-row').filter({ hasText: this.twin }).filter({ hasText: '체결 대기' }).waitFor();
  }

  async open() {
    await this.broker.knows(OTHER);
    await this.broker.faults(...SILENT);
    const orders = [
      await this.broker.limit({ symbol: OTHER, quantity: 3, percent: -2 }),
      await this.broker.limit({ symbol: DOUBTED, quantity: 4, percent: -2 }),
    ];
    for (const { id } of orders) await this.broker.reaches(id, 'unknown');
    await this.page.goto('/risk/');
    await this.page.locator('[data-testid="breaker-state"][data-state="open"]').waitFor();
    await this.page.locator('[data-testid="risk-verdict"][data-standing="halted"]').waitFor();
    await this.#at('breaker-card').filter({ hasText: '60초 안에 답을 모르는 주문이 두 건' }).waitFor();
    await this.#look(this.page, 'doubts-circuit');
    await this.#ticket(TRADED, 1, -2);
    await this.#at('order-ticket').filter({ hasText: '증권사의 응답이 불안정해' }).waitFor();
  }

  #notification(kind) {
    return this.page.locator(`[data-testid="notification"][data-kind="${kind}"]`);
  }

  async acknowledge() {
    await this.#at('notification-bell').click();
    const told = this.#notification('circuit_opened');
    await told.filter({ hasText: '모의 계좌' }).waitFor();
    await this.#look(this.page, 'doubts-bell', async (page) => {
      await page.getByTestId('notification-bell').click();
      await page.getByTestId('notification').first().waitFor();
    });
    await told.getByTestId('notification-seen').click();
    await told.waitFor({ state: 'detached' });
    const kept = (await this.ask('GET', 'notifications')).items.find(({ kind }) => kind === 'circuit_opened');
    assert.ok(kept.acknowledged_at, 'it is kept, as seen');
    await this.page.keyboard.press('Escape');
    await this.page.reload();
    await this.#at('account-switcher').waitFor();
    assert.equal((await this.ask('GET', 'notifications?unseen=true')).items.some(({ id }) => id === kept.id), false);
  }

  async close() {
    await this.broker.faults();
    await this.page.goto('/risk/');
    await this.page.locator('[data-testid="breaker-state"][data-state="closed"]').waitFor(MINUTES);
    await this.page.locator('[data-testid="risk-verdict"][data-standing="free"]').waitFor();
    await this.#at('doubt-row').first().waitFor({ state: 'detached' });
    await this.#at('notification-bell').click();
    await this.#notification('circuit_closed').getByTestId('notification-seen').click();
    await this.#notification('circuit_closed').waitFor({ state: 'detached' });
    await this.page.keyboard.press('Escape');
  }

  async review() {
    await this.page.goto('/risk/');
    await this.broker.byHand({ symbol: TRADED, side: 'buy', quantity: 2 });
    const review = this.#at('risk-review');
    await review.filter({ hasText: '다른 곳에서 체결된 주문' }).waitFor({ timeout: 90_000 });
    await this.page.locator('[data-testid="risk-verdict"][data-standing="halted"]').waitFor();
    await this.#look(this.page, 'doubts-review');
    await assert.rejects(() => this.broker.limit({ symbol: OTHER, quantity: 1, percent: -2 }), /NOT_READY/);
  }

  async release() {
    const submit = async (password) => {
      await this.#at('review-password').fill(password);
      await this.#at('review-submit').click();
    };
    await this.#at('review-release').click();
    await this.#at('review-reason').fill('휴대폰으로 2주를 더 샀음');
    await submit('silver fish swims up');
    await this.#at('review-form').filter({ hasText: '비밀번호가 올바르지 않습니다' }).waitFor();
    await submit(ACCOUNT.password);
    await this.#at('risk-review').waitFor({ state: 'detached' });
    // The books are those of the broker now.
    const { quantity } = (await this.broker.truth()).holdings.find(({ symbol }) => symbol === TRADED);
    await becomes(async () => (await this.ask('GET', 'account/holdings')).items.find(({ symbol }) => symbol === TRADED).quantity, quantity);
    // What others trade its strategies only reduce, until a person clears that too.
    const strategy = this.page.locator(`[data-testid="switch-row"][data-scope="strategy"][data-scope-id="${this.strategy}"]`);
    await strategy.and(this.page.locator('[data-state="reduce_only"]')).filter({ hasText: TRADED }).waitFor();
    await strategy.getByTestId('switch-clear').click();
    await this.#confirm('clear', '내가 낸 주문');
    await strategy.and(this.page.locator('[data-state="active"]')).waitFor();
    await this.page.locator('[data-testid="risk-verdict"][data-standing="free"]').waitFor();
    await this.broker.knows(OTHER);
  }

  async mismatch() {
    await this.page.goto('/risk/');
    // The broker forgets everything, as if somebody had moved it all elsewhere.
    await this.broker.forget();
    const words = this.#at('risk-hindrance').locator('[data-testid="halt-words"][data-code="POSITION_MISMATCH"]');
    await words.filter({ hasText: `${TRADED}: 장부` }).waitFor(MINUTES);
    await this.#at('breaker-card').filter({ hasText: '사람이 원인을 확인하고' }).waitFor();
    await this.#look(this.page, 'doubts-mismatch');
    // First the books, then the switch, then the circuit, as the page says.
    await this.#at('risk-hindrance').getByTestId('review-release').click();
    await this.#confirm('review', '증권사 장부를 확인함');
    await this.#at('risk-verdict').waitFor();
    await this.page.locator(`[data-testid="switch-row"][data-scope="account"][data-scope-id="${this.broker.id}"]`).getByTestId('switch-clear').click();
    await this.#confirm('clear', '장부를 맞춤');
    await this.#at('breaker-release').click();
    await this.#confirm('breaker', '장부를 맞춤');
    await this.page.locator('[data-testid="risk-verdict"][data-standing="free"]').waitFor(MINUTES);
    await becomes(async () => (await this.broker.account()).cash, (await this.broker.truth()).cash.d2);
  }

  /** Gives reason and password in the dialog that asks for them, and waits until it is gone. */
  async #confirm(dialog, reason) {
    await this.#at(`${dialog}-reason`).fill(reason);
    await this.#at(`${dialog}-password`).fill(ACCOUNT.password);
    await this.#at(`${dialog}-submit`).click();
    await this.#at(`${dialog}-form`).waitFor({ state: 'detached' });
  }

  /** The page as it is, on each screen and in each language, without losing its place here; `show` does what the address does not. */
  async #look(page, name, show = async () => {}) {
    const { pathname, search } = new URL(page.url());
    await accessible(page);
    for (const [language, other] of await this.#readers()) {
      for (const [size, viewport] of Object.entries(SIZES)) {
        await other.setViewportSize(viewport);
        await other.goto(pathname + search);
        await other.getByTestId('account-switcher').waitFor();
        await other.waitForLoadState('networkidle').catch(() => {});
        await show(other);
        const overflow = await other.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(overflow <= 0, `${name} is ${overflow} px wider than the window`);
        await picture(other, `${name}-${size}-${language}`);
        await accessible(other);
      }
    }
  }

  /** The same person at other screens: in Korean by day, in English by night. */
  async #readers() {
    this.readers ??= await Promise.all(
      [['ko', 'light'], ['en', 'dark']].map(async ([language, colorScheme]) => {
        const { page } = await signedIn(this.story, { language, colorScheme });
        return [language, page];
      }),
    );
    return this.readers;
  }
}
