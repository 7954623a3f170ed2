// Real market data for tests, where this machine has it. It is never part of the project.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = process.env.EXODUS_SHARED_DATA ?? new URL('../../../shared/data', import.meta.url).pathname;

/** The path of a data file, or `null` where there is no data. */
export function dataFile(name) {
  const path = join(FOLDER, name);
  return existsSync(path) ? path : null;
}
