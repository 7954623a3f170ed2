// Pages settle a moment after a click. What is read of them once may be what was there before it.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

const LIMIT_MS = 30_000;
const LOOK_EVERY_MS = 50;

/** Reads until what is read is as expected: a value, a pattern that matches, or a condition that holds. */
export async function becomes(read, expected) {
  for (const deadline = Date.now() + LIMIT_MS; ; await delay(LOOK_EVERY_MS)) {
    const found = await read();
    const isOver = Date.now() > deadline;
    try {
      check(found, expected);
      return found;
    } catch (cause) {
      if (isOver) throw cause;
    }
  }
}

function check(found, expected) {
  if (expected instanceof RegExp) assert.match(found, expected);
  else if (typeof expected === 'function') assert.ok(expected(found), `${JSON.stringify(found)} is not as expected: ${expected}`);
  else assert.deepEqual(found, expected);
}
