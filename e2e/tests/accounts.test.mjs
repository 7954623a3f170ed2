// Accounts at KIS through the settings, against the emulator: every wrong credential and its sentence, the right ones, one
// account in place of another on every page, its balance, and its end.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { accessible } from '../lib/axe.mjs';
import { becomes } from '../lib/becomes.mjs';
import { picture } from '../lib/browser.mjs';
import { startEmulator } from '../lib/emulator.mjs';
import { ACCOUNT, begin, signedIn, stepsOf } from '../lib/story.mjs';

const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const DEMO_CASH = '100,000,000원';
const KIS_CASH = 77_000_000;

test('accounts at a broker', async (t) => {
  const emulator = await startEmulator(t, '--cash', String(KIS_CASH), '--accounts', '3');
  const story = await begin(t, emulator.settings);
  const { accounts } = await emulator.ask('accounts');
  const { page, complaints } = await signedIn(story, { viewport: SIZES.desktop });
  const pages = new AccountPages(story, emulator, page, accounts.filter(({ env }) => env === 'mock'));
  const step = stepsOf(t, page, 'accounts');
  await step('without one, the page says what to do next', () => pages.readEmpty());
  await step('what cannot be right is told before anybody is asked', () => pages.refuseEarly());
  await step('each wrong credential has its sentence, its code and its mend', () => pages.refuseEach());
  await step('nothing was saved so far', async () => assert.equal((await story.ask('GET', 'accounts')).length, 1));
  await step('with the right ones every step is well, and the account is there', () => pages.add());
  await step('keys are never told again', () => pages.hideKeys());
  await step('every page shows the account that was chosen, and nothing of the other', () => pages.change());
  await step('another window follows', () => pages.followInOtherWindow());
  await step('an order typed for one account is never sent to another', () => pages.refuseStrayOrder());
  await step('a strategy says on which account it trades', () => pages.activate());
  await step('it is renamed', () => pages.rename());
  await step('it stays while something needs it, and goes after that', () => pages.remove());
  await step('the pages fit and are accessible in both languages', () => pages.onEveryScreen());
  await step('the web app complained about nothing', async () => assert.deepEqual(complaints, []));
});

class AccountPages {
  constructor(story, emulator, page, [first, second, third]) {
    Object.assign(this, { story, emulator, page, first, second, third, ask: story.ask });
  }

  #at(testId) {
    return this.page.getByTestId(testId);
  }

  #card(id) {
    return this.page.locator(`[data-testid="account-card"][data-account-id="${id}"]`);
  }

  #step(name) {
    return this.page.locator(`[data-testid="check-step"][data-step="${name}"]`);
  }

  async readEmpty() {
    await this.page.goto('/settings/?tab=accounts');
    await this.#at('account-none').getByTestId('empty-state').waitFor();
    await becomes(() => this.#at('account-card').count(), 1);
    await becomes(() => this.#at('account-total').innerText(), DEMO_CASH);
    await this.#at('account-switcher').filter({ hasText: '데모 거래소' }).waitFor();
    await accessible(this.page);
  }

  async #openForm(env = 'paper') {
    await this.page.goto('/settings/?tab=accounts');
    await this.#at('account-new').click();
    await this.#at('account-next').click();
    await this.#at(`account-env-${env}`).check();
    await this.#at('account-next').click();
    await this.#at('account-app-key').waitFor();
  }

  async #fill({ app_key, app_secret, account_no, hts_id, password = ACCOUNT.password }) {
    const entries = { 'app-key': app_key, 'app-secret': app_secret, number: account_no, 'hts-id': hts_id, password };
    for (const [name, value] of Object.entries(entries)) await this.#at(`account-${name}`).fill(value);
  }

  async #told(testId, sentence) {
    const field = this.page.locator(`[data-testid="${testId}"][aria-invalid="true"]`);
    await becomes(async () => this.page.locator(`[id="${await field.getAttribute('aria-describedby')}"]`).innerText(), sentence);
  }

  async refuseEarly() {
    await this.#openForm();
    await this.#fill({ app_key: 'short', app_secret: 'x'.repeat(181), account_no: '12345', hts_id: ' ', password: '' });
    await this.#at('account-next').click();
    await this.#told('account-app-key', /36자.*5자/);
    await this.#told('account-app-secret', /180자.*181자/);
    await this.#told('account-number', /8자리.*2자리/);
    await this.#told('account-hts-id', /입력/);
    await this.#told('account-password', /입력/);
    await becomes(() => this.#at('account-app-key').getAttribute('type'), 'password');
    await this.#at('account-app-key-reveal').click();
    await becomes(() => this.#at('account-app-key').getAttribute('type'), 'text');
    await accessible(this.page);
    await picture(this.page, 'accounts-refused-early');
    // The password is asked of the server, and only then the broker.
    await this.#fill({ ...this.first, password: 'not my password at all' });
    await this.#at('account-next').click();
    await this.#told('account-password', /비밀번호/);
  }

  async refuseEach() {
    const other = (text, last) => text.slice(0, -1) + (text.endsWith(last) ? 'Z' : last);
    const wrong = [
      { what: { app_key: other(this.first.app_key, 'A') }, step: 'token', field: 'account-app-key' },
      { what: { app_secret: other(this.first.app_secret, 'A') }, step: 'token', field: 'account-app-secret' },
      { what: { account_no: '59999999-01' }, step: 'account', field: 'account-number' },
      { what: { hts_id: 'nobody99' }, step: 'stream', field: 'account-hts-id' },
      // The token server does not tell the environments apart; the first call with the token does.
      { what: this.second, env: 'live', step: 'account', field: 'account-env-live' },
    ];
    for (const { what, step, field, env } of wrong) {
      await this.#openForm(env);
      await this.#fill({ ...this.first, ...what });
      await this.#at('account-next').click();
      const failed = this.#step(step).and(this.page.locator('[data-state="failed"]'));
      await failed.waitFor();
      await becomes(() => failed.getByTestId('account-problem').innerText(), /\p{Script=Hangul}[^]*(EGW|OPSQ|OPSP|[A-Z]{2,}\d{2,})/u);
      await becomes(() => this.#at('account-save').count(), 0);
      await picture(this.page, `accounts-wrong-${field}`);
      await this.#at('account-mend').click();
      if (env) await this.#at(field).waitFor();
      else await this.#told(field, /\p{Script=Hangul}/u);
    }
  }

  async add() {
    await this.#openForm();
    // As it comes out of a web page: with blanks, and the number without its dash.
    await this.#fill({ ...this.first, app_key: ` ${this.first.app_key}\t`, account_no: this.first.account_no.replace('-', '') });
    await this.#at('account-next').click();
    for (const name of ['token', 'account', 'quote', 'stream', 'hours']) {
      await this.#step(name).and(this.page.locator('[data-state="ok"]')).waitFor();
    }
    await accessible(this.page);
    await picture(this.page, 'accounts-checked');
    await this.#at('account-save').click();
    await this.#at('account-add').waitFor({ state: 'detached' });
    const [demo, kis] = await this.ask('GET', 'accounts');
    assert.deepEqual([demo.is_selected, kis.broker, kis.env], [true, 'kis', 'paper']);
    this.kis = kis.id;
    this.demo = demo.id;
    await becomes(() => this.#card(this.kis).getAttribute('data-status'), 'ready');
    await becomes(() => this.#card(this.kis).getByTestId('account-cash').innerText(), `${KIS_CASH.toLocaleString('en')}원`);
    assert.equal((await this.ask('GET', `accounts`))[1].cash, KIS_CASH);
    await picture(this.page, 'accounts-list');
  }

  async hideKeys() {
    const shown = (await this.page.content()) + JSON.stringify(await this.ask('GET', 'accounts'));
    for (const secret of [this.first.app_key, this.first.app_secret, this.first.account_no.slice(0, 8)]) assert.ok(!shown.includes(secret));
    assert.match(await this.#card(this.kis).innerText(), /\*{6}\d\d-01/);
  }

  async #select(page, id) {
    await page.getByTestId('account-switcher').click();
    await page.locator(`[data-testid="account-choice"][data-account-id="${id}"]`).click();
    await page.locator(`[data-testid="account-switcher"][data-account-id="${id}"]`).waitFor();
  }

  async change() {
    await this.page.goto('/');
    await this.#at('tile-total-assets').filter({ hasText: DEMO_CASH }).waitFor();
    // Whatever the tile says from now on, it says of the account that the header names.
    await this.page.evaluate(() => {
      const seen = new Set();
      globalThis.seen = seen;
      const look = () => {
        const header = document.querySelector('[data-testid="account-switcher"]')?.dataset.accountId;
        const tile = document.querySelector('[data-testid="tile-total-assets"]')?.innerText.match(/[\d,]+원/)?.[0];
        if (header && tile) seen.add(`${header} ${tile}`);
        requestAnimationFrame(look);
      };
      look();
    });
    await this.#select(this.page, this.kis);
    await this.#at('tile-total-assets').filter({ hasText: KIS_CASH.toLocaleString('en') }).waitFor();
    const seen = await this.page.evaluate(() => [...globalThis.seen].sort());
    assert.deepEqual(seen, [`${this.demo} ${DEMO_CASH}`, `${this.kis} ${KIS_CASH.toLocaleString('en')}원`].sort());
    for (const path of ['', 'holdings/', 'trading/', 'strategies/', 'backtest/', 'signals/', 'history/', 'market/', 'settings/', 'admin/']) {
      await this.page.goto(`/${path}`);
      const header = this.#at('account-switcher').filter({ hasText: '한국투자증권' });
      await header.filter({ hasText: '한투 모의' }).waitFor();
      await header.locator('[data-stake="paper"]').waitFor();
    }
  }

  async followInOtherWindow() {
    const other = await this.page.context().newPage();
    await other.goto('/trading/?symbol=00I010');
    await other.locator(`[data-testid="account-switcher"][data-account-id="${this.kis}"]`).waitFor();
    // An invented issue of the demo exchange, which no broker knows.
    await other.getByTestId('empty-state').filter({ hasText: '거래할 수 없는 종목' }).waitFor();
    await this.page.goto('/');
    await this.#select(this.page, this.demo);
    await other.locator(`[data-testid="account-switcher"][data-account-id="${this.demo}"]`).waitFor();
    await other.getByTestId('order-ticket').waitFor();
    await other.close();
  }

  /** A window that hears nothing of the change still shows the demo account, and its ticket is for that one. */
  async refuseStrayOrder() {
    const deaf = await this.page.context().newPage();
    await deaf.routeWebSocket(/api\/v1\/ws/, () => {});
    await deaf.goto('/trading/?symbol=00I010');
    await becomes(() => deaf.getByTestId('ticket-price').inputValue(), /\d/);
    await this.#select(this.page, this.kis);
    await deaf.locator(`[data-testid="account-switcher"][data-account-id="${this.demo}"]`).waitFor();
    await deaf.getByTestId('ticket-submit').click();
    await deaf.getByTestId('toast-error').filter({ hasText: '다른 계좌' }).waitFor();
    // Refused, and told of the other account by that, it shows it.
    await deaf.locator(`[data-testid="account-switcher"][data-account-id="${this.kis}"]`).waitFor();
    assert.equal((await this.ask('GET', 'orders')).total, 0);
    await this.#select(this.page, this.demo);
    assert.equal((await this.ask('GET', 'orders')).total, 0);
    await deaf.close();
  }

  async activate() {
    const fields = { name: '계좌를 말하는 전략', description: '', strategy_type: 'momentum', parameters: {}, symbols: ['00I010'] };
    ({ id: this.strategy } = await this.ask('POST', 'strategies', fields));
    await this.page.goto('/strategies/');
    await this.#at('strategy-active').click();
    await this.#at('strategy-where').filter({ hasText: '데모 계좌' }).waitFor();
    await this.#at('strategy-active').click();
    await this.#at('strategy-where').waitFor({ state: 'detached' });
    await this.#select(this.page, this.kis);
    await this.#at('strategy-active').click();
    await this.#at('activate-confirm').waitFor();
    await picture(this.page, 'accounts-activate');
  }

  async #menu(item) {
    await this.#card(this.kis).getByTestId('account-menu').click();
    await this.#at(`account-${item}`).click();
  }

  async rename() {
    await this.page.goto('/settings/?tab=accounts');
    await this.#menu('rename');
    await this.#at('account-new-name').fill('연습 계좌');
    await this.#at('account-rename-save').click();
    await this.#card(this.kis).filter({ hasText: '연습 계좌' }).waitFor();
    await this.#at('account-switcher').filter({ hasText: '연습 계좌' }).waitFor();
  }

  async remove() {
    await this.page.goto('/settings/?tab=accounts');
    await this.#menu('remove');
    await this.#at('confirm-button').click();
    await this.#card(this.kis).waitFor({ state: 'detached' });
    // It was selected: the demo account takes its place.
    await this.page.locator(`[data-testid="account-switcher"][data-account-id="${this.demo}"]`).waitFor();
    assert.equal((await this.ask('GET', 'accounts')).length, 1);
  }

  async onEveryScreen() {
    await this.ask('POST', 'accounts', { name: '둘째 계좌', env: 'paper', password: ACCOUNT.password, ...keysOf(this.third) });
    for (const [size, viewport] of Object.entries(SIZES)) {
      for (const [language, colorScheme] of [['ko', 'light'], ['en', 'dark']]) {
        const { context, page } = await signedIn(this.story, { language, viewport, colorScheme });
        await page.goto('/settings/?tab=accounts');
        await page.getByTestId('account-card').nth(1).waitFor();
        await this.#look(page, `accounts-${size}-${language}`);
        await page.getByTestId('account-switcher').click();
        await page.getByTestId('account-choice').nth(1).waitFor();
        await this.#look(page, `accounts-switcher-${size}-${language}`);
        await page.keyboard.press('Escape');
        await page.getByTestId('account-check-now').click();
        await page.locator('[data-testid="check-step"][data-step="hours"][data-state="ok"]').waitFor();
        await this.#look(page, `accounts-check-${size}-${language}`);
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

function keysOf({ app_key, app_secret, account_no, hts_id }) {
  return { app_key, app_secret, account_no, hts_id };
}
