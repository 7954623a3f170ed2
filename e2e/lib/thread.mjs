// The one thread that must always work: first account → strategy → backtest → trading on paper → halt → kill -9 →
// everything as it was. The same walk for one process on SQLite and for API and worker on PostgreSQL and Redis.
import assert from 'node:assert/strict';

import { launch, openPage, picture } from './browser.mjs';
import { Exodus } from './exodus.mjs';

const ACCOUNT = { name: '김첫째', email: 'first@example.com', password: 'correct horse battery staple' };

const DAILY = {
  name: '일봉 모멘텀',
  parameters: { interval: '1d', lookback: 20, entry_threshold_percent: 3, exit_threshold_percent: 0 },
};

/** Buys at the close of the next minute whatever the price does: any change is above −80 %. */
const MINUTE = {
  name: '분봉 모멘텀',
  parameters: { interval: '1m', lookback: 1, exit_threshold_percent: -90, entry_threshold_percent: -80 },
};

/** A signal comes with the close of a minute bar; a session that starts late waits for the one after. */
const NEXT_MINUTE_MS = 150_000;

const byId = (page, id) => page.getByTestId(id);

/** Ends `context` (node:test) with a picture and the reason when a step fails. */
export async function walkThread(t, mode) {
  const exodus = await Exodus.create(mode);
  const browser = await launch();
  t.after(async () => {
    await browser.close();
    await exodus.remove();
  });
  await exodus.start();
  const { context, page, complaints } = await openPage(browser, exodus.url);
  let failed = false; // each step stands on the one before it
  const step = (name, run) =>
    t.test(name, { skip: failed && 'an earlier step failed' }, async () => {
      await run().catch(async (cause) => {
        failed = true;
        await picture(page, `${mode}-failed`);
        throw cause;
      });
    });
  const walk = new Walk({ exodus, context, page });

  await step('the first visit makes the admin account', () => walk.register());
  await step('a strategy is made from its schema', () => walk.createStrategy(DAILY));
  await step('a backtest shows curve, trades and metrics', () => walk.backtest());
  await step('signals, orders, fills and holdings come without a reload', () => walk.trade());
  await step('one button halts everything', () => walk.halt());
  await step('after kill -9 everything is as it was, and still halted', () => walk.killAndCompare());
  await step('a person with a password lets trading go on', () => walk.resume());
  await step('the web app complained about nothing', async () => assert.deepEqual(complaints, []));
}

class Walk {
  constructor(parts) {
    Object.assign(this, parts);
  }

  async register() {
    const { page } = this;
    await page.goto('/');
    await page.waitForURL('**/register/');
    await byId(page, 'register-name').fill(ACCOUNT.name);
    await byId(page, 'register-email').fill(ACCOUNT.email);
    await byId(page, 'register-password').fill(ACCOUNT.password);
    await byId(page, 'register-password-repeat').fill(ACCOUNT.password);
    await byId(page, 'register-submit').click();
    await byId(page, 'tile-total-assets').waitFor();
    await byId(page, 'account-switcher').waitFor();
    await byId(page, 'nav-admin').waitFor();
  }

  async createStrategy({ name, parameters }) {
    const { page } = this;
    await page.goto('/strategies/new/');
    await byId(page, 'strategy-name').fill(name);
    await byId(page, 'symbol-search').click();
    const option = await page.locator('[data-testid^="symbol-option-"]').first().getAttribute('data-testid');
    this.symbol = option.replace('symbol-option-', '');
    await byId(page, option).click();
    const { interval, ...numbers } = parameters;
    await byId(page, 'parameter-interval').selectOption(interval);
    for (const [parameter, value] of Object.entries(numbers)) await byId(page, `parameter-${parameter}`).fill(String(value));
    await byId(page, 'strategy-save').click();
    await this.#card(name).waitFor();
  }

  async backtest() {
    const { page } = this;
    await this.#card(DAILY.name).getByTestId('strategy-backtest').click();
    await byId(page, 'backtest-form').waitFor();
    await byId(page, 'backtest-use-all').click();
    await byId(page, 'backtest-run').click();
    await byId(page, 'metric-total-return').waitFor({ timeout: 60_000 });
    await byId(page, 'equity-chart').locator('canvas').first().waitFor();
    assert.match(await byId(page, 'metric-total-return').innerText(), /%/);
    await picture(page, 'backtest-result');
    await byId(page, 'result-tab-trades').click();
    await byId(page, 'trades-fills').click();
    await byId(page, 'backtest-trade-row').first().waitFor();
  }

  async trade() {
    const { page, context } = this;
    const [signals, history, holdings] = await Promise.all(
      ['/signals/', '/history/', '/holdings/'].map(async (path) => {
        const tab = await context.newPage();
        await tab.goto(path);
        await byId(tab, 'account-switcher').waitFor();
        return tab;
      }),
    );
    const loads = [signals, history, holdings].map(countLoads);
    await this.createStrategy(MINUTE);
    await this.#card(MINUTE.name).getByTestId('strategy-active').click();
    await Promise.all([
      byId(signals, 'signal-row').first().waitFor({ timeout: NEXT_MINUTE_MS }),
      byId(history, 'order-row').first().waitFor({ timeout: NEXT_MINUTE_MS }),
      byId(holdings, 'holding-row').first().waitFor({ timeout: NEXT_MINUTE_MS }),
    ]);
    assert.match(await byId(holdings, 'holding-row').first().innerText(), new RegExp(this.symbol));
    assert.deepEqual(loads.map((count) => count()), [0, 0, 0], 'a page was loaded again');
    await Promise.all([signals, history, holdings].map((tab) => tab.close()));
  }

  async halt() {
    const { page } = this;
    await byId(page, 'halt-button').click();
    await byId(page, 'halted-banner').waitFor();
  }

  async killAndCompare() {
    const { page, exodus } = this;
    await this.#ordersEnded();
    const before = await this.#books();
    assert.ok(before.trades.total > 0 && before.holdings.total > 0 && before.orders.total > 0);
    await exodus.kill();
    await exodus.start();
    const after = await this.#books();
    assert.deepEqual(after, before);
    await page.reload();
    await byId(page, 'halted-banner').waitFor();
  }

  async resume() {
    const { page } = this;
    await byId(page, 'resume-button').click();
    await byId(page, 'resume-reason').fill('다시 시작');
    await byId(page, 'resume-password').fill(ACCOUNT.password);
    await byId(page, 'resume-submit').click();
    await byId(page, 'halted-banner').waitFor({ state: 'detached' });
  }

  #card(name) {
    return byId(this.page, 'strategy-card').filter({ hasText: name });
  }

  /** A halt cancels what is open; nothing may be under way when the books are read. */
  async #ordersEnded() {
    const token = await this.#signIn();
    for (const deadline = Date.now() + 15_000; Date.now() < deadline; ) {
      const { total } = await this.#read(token, 'orders?status=pending');
      if (total === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    assert.fail('orders were still pending 15 s after the halt');
  }

  /** Orders, trades, holdings and cash as the API tells them, without what moves with the market. */
  async #books() {
    const token = await this.#signIn();
    const [orders, trades, holdings, balance, switches] = await Promise.all(
      ['orders', 'account/trades', 'account/holdings', 'account/balance', 'account/kill-switches'].map((path) => this.#read(token, path)),
    );
    const fixed = ({ current_price, market_value, unrealized_pnl, unrealized_return, updated_at, ...rest }) => rest;
    const { cash_balance, reserved_cash, realized_pnl } = balance;
    return {
      orders,
      trades,
      holdings: { ...holdings, items: holdings.items.map(fixed) },
      cash: { cash_balance, reserved_cash, realized_pnl },
      switches,
    };
  }

  async #signIn() {
    const answer = await fetch(`${this.exodus.url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email: ACCOUNT.email, password: ACCOUNT.password }),
    });
    assert.equal(answer.status, 200);
    return (await answer.json()).access_token;
  }

  async #read(token, path) {
    const answer = await fetch(`${this.exodus.url}/api/v1/${path}`, { headers: { Authorization: `Bearer ${token}` } });
    assert.equal(answer.status, 200, path);
    return answer.json();
  }
}

function countLoads(tab) {
  let loads = 0;
  tab.on('load', () => {
    loads += 1;
  });
  return () => loads;
}
