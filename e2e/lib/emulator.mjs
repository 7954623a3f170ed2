// KIS on this machine: the emulator that comes with the program, paper and live beside each other.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { ARTIFACTS, BINARY, freePort, plainEnvironment } from './exodus.mjs';

const START_LIMIT_MS = 60_000;

/** A running emulator; it ends with the test `t`. `words` are more of its command line. */
export async function startEmulator(t, ...words) {
  const [rest, ws, mockRest, mockWs] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const ports = ['--rest-port', rest, '--ws-port', ws, '--mock-rest-port', mockRest, '--mock-ws-port', mockWs];
  const child = spawn(BINARY, ['emulator', ...ports.map(String), ...words], { env: plainEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
  mkdirSync(ARTIFACTS, { recursive: true });
  const log = createWriteStream(join(ARTIFACTS, 'emulator.log'), { flags: 'a' });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  t.after(async () => {
    if (child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  });
  const call = async (method, path, body) => {
    const headers = { 'Content-Type': 'application/json' };
    const answer = await fetch(`http://127.0.0.1:${mockRest}/emulator/${path}`, { method, headers, body: body && JSON.stringify(body) });
    const told = await answer.json();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${told.error}`);
    return told;
  };
  const ask = (path) => call('GET', path);
  const post = (path, body) => call('POST', path, body);
  const put = (path, body) => call('PUT', path, body);
  for (const deadline = Date.now() + START_LIMIT_MS; Date.now() < deadline; await delay(100)) {
    if (child.exitCode !== null) throw new Error(`the emulator ended with ${child.exitCode}; its log is in ${ARTIFACTS}`);
    const clock = await ask('clock').catch(() => null);
    if (!clock) continue;
    const settings = {
      EXODUS_KIS_PAPER: `http://127.0.0.1:${mockRest} ws://127.0.0.1:${mockWs}`,
      EXODUS_KIS_LIVE: `http://127.0.0.1:${rest} ws://127.0.0.1:${ws}`,
    };
    return { ask, post, put, settings };
  }
  throw new Error(`the emulator did not answer within ${START_LIMIT_MS} ms; its log is in ${ARTIFACTS}`);
}
