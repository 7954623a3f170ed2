// Measures the preview of a strategy over HTTP: a new program on an empty folder, two years of daily bars of one invented
// issue with ten years before them, one preview after the other as somebody moves a slider. Prints one line a strategy.
// Usage: node bench/preview.mjs PROGRAM [PREVIEWS OF EACH]

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [program, count = '200'] = process.argv.slice(2);
const address = '127.0.0.1:18766';
const folder = mkdtempSync(join(tmpdir(), 'exodus-preview.'));
const env = { ...process.env, EXODUS_DATA_DIR: folder, EXODUS_LISTEN: address, EXODUS_RATE_LIMIT: '1000000', EXODUS_LOG: 'error' };

// A random walk from a fixed seed (Park and Miller's generator) over the KRX sessions of twelve years.
function bars() {
  const input = ['date'];
  for (let day = Date.UTC(2013, 0, 2); day < Date.UTC(2025, 0, 1); day += 864e5) input.push(new Date(day).toISOString().slice(0, 10));
  const told = execFileSync(program, ['rules', 'session'], { input: input.join('\n'), env, encoding: 'utf8' });
  const sessions = told.split('\n').map((line) => line.split(',')).filter(([, isSession]) => isSession === 'true');
  let state = 7;
  const draw = () => (state = (state * 48271) % 2147483647) / 2147483647;
  let close = 50_000;
  const rows = sessions.map(([date]) => {
    const open = close;
    close = Math.max(1_000, Math.round(open * (1 + (draw() - 0.4995) * 0.04)));
    const [high, low] = [Math.max(open, close) + 50, Math.min(open, close) - 50];
    return `900000,${date},${open},${high},${low},${close},${100_000 + Math.floor(draw() * 1e6)}`;
  });
  return ['symbol,date,open,high,low,close,volume', ...rows].join('\n');
}

function document(indicators, entry, exit) {
  const list = (lines) => lines.map((line) => `      - {${line}}`).join('\n');
  return `version: "1.0"
metadata: {name: measured}
strategy:
  id: measured
  params:
    fast: {default: 10, min: 2, max: 60, type: int}
  indicators:
${list(indicators)}
  entry:
    conditions:
${list(entry)}
  exit:
    logic: OR
    conditions:
${list(exit)}
risk:
  stop_loss: {enabled: true, percent: 5}
  trailing_stop: {enabled: true, percent: 8}
`;
}

const cross = document(
  ['id: sma, alias: fast, params: {period: $fast}', 'id: sma, alias: slow, params: {period: 60}'],
  ['indicator: fast, operator: cross_above, compare_to: slow'],
  ['indicator: fast, operator: cross_below, compare_to: slow'],
);
const many = document(
  [
    'id: ema, alias: fast, params: {period: $fast}',
    'id: sma, alias: slow, params: {period: 60}',
    'id: rsi, alias: rsi, params: {period: 14}',
    'id: macd, alias: macd, params: {fast: 12, slow: 26, signal: 9}',
    'id: bollinger, alias: bands, params: {period: 20, std: 2}',
    'id: atr, alias: atr, params: {period: 14}',
    'id: adx, alias: adx, params: {period: 14}',
    'id: ichimoku, alias: cloud, params: {tenkan: 9, kijun: 26, senkou_b: 52}',
  ],
  ['indicator: fast, operator: greater_than, compare_to: slow', 'indicator: rsi, operator: less_than, compare_to: 65'],
  ['indicator: fast, operator: less_than, compare_to: slow', 'indicator: rsi, operator: greater_than, compare_to: 80'],
);
const rules = (text) => (value) => ({ strategy_type: 'rules', parameters: { document: text, overrides: { fast: value } } });
const strategies = {
  'momentum': (value) => ({ strategy_type: 'momentum', parameters: { lookback: value } }),
  'moving_average_cross': (value) => ({ strategy_type: 'moving_average_cross', parameters: { fast: value, slow: 60 } }),
  'rules, 2 indicators': rules(cross),
  'rules, 8 indicators': rules(many),
};

async function until(ready) {
  for (;;) {
    if (await ready().catch(() => false)) return;
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

async function measure(post) {
  for (const [name, body] of Object.entries(strategies)) {
    const times = [];
    let bytes = 0;
    for (let place = 0; place < Number(count); place++) {
      const begun = performance.now();
      const reply = await post('/strategies/preview', { ...body(5 + (place % 50)), symbol: '900000' });
      const text = await reply.text();
      times.push(performance.now() - begun);
      bytes = text.length;
      const answer = JSON.parse(text);
      if (!answer.summary) throw new Error(`${name}: ${text.slice(0, 300)}`);
    }
    times.sort((one, other) => one - other);
    const at = (share) => times[Math.min(times.length - 1, Math.floor(share * times.length))].toFixed(1);
    console.log(`preview, ${name}`.padEnd(38), `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, ${Math.round(bytes / 1024)} KiB`);
  }
}

let server;
try {
  execFileSync(program, ['migrate'], { env, stdio: 'ignore' });
  const file = join(folder, 'bars.csv');
  writeFileSync(file, bars());
  execFileSync(program, ['import', 'bars', file, '--adjusted'], { env, stdio: 'ignore' });
  server = spawn(program, { env, stdio: 'ignore' });
  const call = (path, init) => fetch(`http://${address}${path}`, init);
  await until(async () => (await call('/health')).ok);
  // The demo market fills its history in first.
  await new Promise((wake) => setTimeout(wake, 20_000));
  const send = (token) => (path, body) =>
    call(`/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    });
  const account = { email: 'bench@example.com', password: 'gold fish swims deep', full_name: 'Bench' };
  const { access_token: token } = await (await send()('/auth/register', account)).json();
  await measure(send(token));
} finally {
  server?.kill();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
