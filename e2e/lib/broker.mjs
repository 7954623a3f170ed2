// An account at KIS on a trading morning, whenever the test runs: the emulator lists shares that Exodus may trade there, keeps
// the time for both, and goes wrong on demand.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

import { becomes } from './becomes.mjs';
import { startEmulator } from './emulator.mjs';
import { BINARY, plainEnvironment } from './exodus.mjs';
import { ACCOUNT, begin } from './story.mjs';

/** Listed shares by code, with name and first price; all on the tick of 10 won. */
export const SHARES = {
  '005930': { name: '삼성전자', price: 15_000 },
  '000660': { name: 'SK하이닉스', price: 16_000 },
  '035720': { name: '카카오', price: 14_000 },
};
const TICK = 10;
/** What an order is denied with while prices are not known, or old, as they are on a machine that is busy with other things. */
const UNPRICED = /INPUT_MISSING|STALE_QUOTE|ORDER_RATE|differs from the exchange's/;
const RETRY_MS = 1_000;
/** Sessions of daily bars before the day. */
const PAST = 25;

/**
 * An emulator in the middle of a session, `factor` times as fast as this machine, and an installation with an account there,
 * which is selected and ready. All of it ends with the test `t`.
 */
export async function beginAtBroker(t, { factor, cash = 50_000_000, settings = {} }) {
  const folder = mkdtempSync(join(tmpdir(), 'exodus-e2e-market-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const day = await dayOfTrading();
  const bars = join(folder, 'bars.csv');
  writeFileSync(bars, await barsOf(day));
  const words = ['--clock', `x${factor}`, '--start', `${day}T10:00:00+09:00`, '--bars', bars, '--cash', String(cash), '--accounts', '1'];
  const emulator = await startEmulator(t, ...words);
  const story = await begin(t, { ...emulator.settings, EXODUS_CLOCK: 'emulator', ...settings });
  const { accounts } = await emulator.ask('accounts');
  const { app_key, app_secret, account_no, hts_id } = accounts.find(({ env }) => env === 'mock');
  const keys = { app_key, app_secret, account_no, hts_id };
  const { id } = await story.ask('POST', 'accounts', { name: '모의 계좌', env: 'paper', password: ACCOUNT.password, ...keys });
  await story.ask('POST', `accounts/${id}/select`);
  const broker = new EmulatedBroker(story, emulator, { id, number: account_no });
  await becomes(async () => (await broker.account()).status, 'ready');
  // The broker publishes what it lists.
  for (const symbol of Object.keys(SHARES)) {
    await becomes(() => story.ask('GET', `market/symbols/${symbol}`).then(() => true, () => false), true);
  }
  return { ...story, emulator, broker };
}

/** What goes on at the broker beside what Exodus does there. */
class EmulatedBroker {
  constructor({ ask }, emulator, account) {
    Object.assign(this, { ask, emulator, id: account.id, number: account.number });
  }

  /** The account as Exodus shows it. */
  async account() {
    return (await this.ask('GET', 'accounts')).find(({ id }) => id === this.id);
  }

  /** The account as it truly is at the broker. */
  async truth() {
    const { accounts } = await this.emulator.ask('accounts');
    return accounts.find(({ account_no: number }) => number === this.number);
  }

  /** What goes wrong from now on, and nothing else. */
  faults(...faults) {
    return this.emulator.put('faults', { faults });
  }

  /** An order that the owner sends by another way. Its number. */
  async byHand(order) {
    return (await this.emulator.post('orders', { account: this.number, ...order })).odno;
  }

  /** Puts all accounts back to their start: cash as it was, nothing held, no orders. */
  forget() {
    return this.emulator.post('reset', {});
  }

  /** A price so far from the last one, on the tick. */
  async priceOf(symbol, percent = 0) {
    const { price } = (await this.emulator.ask('issues')).find((issue) => issue.symbol === symbol);
    return Math.floor((price * (100 + percent)) / 100 / TICK) * TICK;
  }

  /** Waits until orders of an issue can be judged: the first ones wait for its prices, and are denied while there are none. */
  async knows(symbol) {
    // Too far from the last price to be sent, which is known once that is the reason.
    await assert.rejects(() => this.limit({ symbol, quantity: 1, percent: -20 }), /PRICE_COLLAR/);
  }

  /** A limit order, as a person places it through the API; again if it was too early or too late for the broker. */
  async limit({ symbol, side = 'buy', quantity, percent }) {
    const quiet = await this.lively(symbol);
    try {
      for (;;) {
        const body = { symbol, side, order_type: 'limit', quantity, price: await this.priceOf(symbol, percent) };
        const placed = await this.#decided(body).catch((refused) => refused);
        // A machine that is busy with other things lets a decision grow too old to be sent.
        if (!(placed instanceof Error) && placed.state !== 'not_sent') return placed;
        if (placed instanceof Error && !UNPRICED.test(placed.message)) throw placed;
        await delay(RETRY_MS);
      }
    } finally {
      quiet();
    }
  }

  /** Places an order and asks under the same key until it was sent, or was not. */
  async #decided(body) {
    const key = randomUUID();
    const isSent = ({ state }) => !['queued', 'created', 'sending'].includes(state);
    return becomes(() => this.ask('POST', 'orders', body, { 'Idempotency-Key': key }), isSent);
  }

  /** Has others trade an issue at its price twice a second, until what is answered is called. */
  async lively(symbol) {
    const price = await this.priceOf(symbol);
    const trade = () => this.emulator.post('market', { symbol, price, quantity: 1 }).catch(() => {});
    await trade();
    const timer = setInterval(trade, 500);
    return () => clearInterval(timer);
  }

  /** Waits until an order is in a state. */
  reaches(id, state) {
    return becomes(async () => (await this.ask('GET', `orders/${id}`)).state, state);
  }
}

/** What the rule book says of a date, `2026-11-24`. */
async function sessionOf(date) {
  const { stdout } = await promisify(execFile)(BINARY, ['rules', 'session', '--json', '--date', date], { env: plainEnvironment() });
  return JSON.parse(stdout);
}

/** The session after today: access tokens of a day that is over would have ended. */
async function dayOfTrading() {
  const today = new Date().toLocaleDateString('sv-SE', { timeZone: 'Asia/Seoul' });
  return (await sessionOf(today)).next_session;
}

/** Daily bars of the sessions before a day, and its minutes in waves of two hours. */
async function barsOf(day) {
  const lines = ['symbol,time,open,high,low,close,volume,name'];
  const past = [];
  for (let date = day; past.length < PAST; past.unshift(date)) date = (await sessionOf(date)).previous_session;
  for (const [issue, [symbol, { name, price }]] of Object.entries(SHARES).entries()) {
    for (const date of past) lines.push([symbol, date, price, price, price, price, 1_000_000, name].join());
    const level = (minute) => {
      const phase = (minute + issue * 30) % 120;
      return price + TICK * (Math.floor((Math.min(phase, 120 - phase) * 2) / 5) - 12);
    };
    for (let minute = 0; minute < 390; minute += 1) {
      const [open, close] = [level(minute), level(minute + 1)];
      const time = new Date(Date.parse(`${day}T09:00:00+09:00`) + minute * 60_000).toISOString();
      lines.push([symbol, time, open, Math.max(open, close) + TICK, Math.min(open, close) - TICK, close, 20_000, name].join());
    }
  }
  return lines.join('\n');
}
