// Starts and kills the real program: one process on SQLite, or API and worker on PostgreSQL and Redis.
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

export const BINARY = process.env.EXODUS_BIN ?? new URL('../../target/debug/exodus', import.meta.url).pathname;
export const ARTIFACTS = new URL('../artifacts/', import.meta.url).pathname;

const START_LIMIT_MS = 60_000;

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/** What the tests were started with, without settings of the program. */
export function plainEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('EXODUS_')));
}

/** The private PostgreSQL and Redis that `make test` started, or `null`. */
export function servers() {
  const { EXODUS_TEST_POSTGRES_URL: postgres, EXODUS_TEST_REDIS_URL: redis } = process.env;
  return postgres && redis ? { postgres, redis } : null;
}

async function freshDatabase(serverUrl) {
  const name = `e2e_${randomBytes(6).toString('hex')}`;
  await promisify(execFile)('psql', [serverUrl, '-qc', `CREATE DATABASE ${name}`]);
  return serverUrl.replace(/\/[^/]*$/, `/${name}`);
}

/** One installation of Exodus with a folder and a port of its own. */
export class Exodus {
  #processes = [];

  /** `mode` is `embedded` (one process, SQLite) or `split` (API and worker, PostgreSQL and Redis); `settings` go on top. */
  static async create(mode, settings = {}) {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'exodus-e2e-'));
    const env = {
      ...plainEnvironment(),
      EXODUS_LISTEN: `127.0.0.1:${port}`,
      EXODUS_DATA_DIR: join(folder, 'data'),
      EXODUS_LOG: 'info',
      EXODUS_RATE_LIMIT: '6000', // a browser that visits every page is faster than a person
      ...settings,
    };
    if (mode === 'split') {
      const { postgres, redis } = servers();
      env.DATABASE_URL = await freshDatabase(postgres);
      env.REDIS_URL = redis;
      env.EXODUS_SECRET = randomBytes(32).toString('hex');
    }
    return new Exodus(mode, port, folder, env);
  }

  constructor(mode, port, folder, env) {
    Object.assign(this, { mode, port, folder, env, url: `http://127.0.0.1:${port}` });
  }

  get #roles() {
    return this.mode === 'split' ? ['serve', 'worker'] : [null];
  }

  async start() {
    mkdirSync(ARTIFACTS, { recursive: true });
    if (this.mode === 'split') await promisify(execFile)(BINARY, ['migrate'], { env: this.env });
    this.#processes = this.#roles.map((role) => {
      const child = spawn(BINARY, role ? [role] : [], { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
      const log = createWriteStream(join(ARTIFACTS, `${this.mode}-${role ?? 'exodus'}.log`), { flags: 'a' });
      child.stdout.pipe(log, { end: false });
      child.stderr.pipe(log, { end: false });
      return child;
    });
    await this.#healthy();
  }

  async #healthy() {
    const deadline = Date.now() + START_LIMIT_MS;
    while (Date.now() < deadline) {
      const dead = this.#processes.find((child) => child.exitCode !== null);
      if (dead) throw new Error(`exodus ended with ${dead.exitCode}; its log is in ${ARTIFACTS}`);
      const health = await fetch(`${this.url}/health`).then((answer) => answer.json()).catch(() => null);
      if (health?.status === 'ok') return;
      await delay(100);
    }
    throw new Error(`exodus was not healthy within ${START_LIMIT_MS} ms; its log is in ${ARTIFACTS}`);
  }

  /** Runs another command of the program beside it and answers what that printed. */
  async command(...words) {
    const { stdout } = await promisify(execFile)(BINARY, words, { env: this.env, maxBuffer: 64 << 20 });
    return stdout;
  }

  /** What a power cut does: no goodbye, no flush. */
  async kill() {
    await Promise.all(
      this.#processes.map(async (child) => {
        if (child.exitCode !== null) return;
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      }),
    );
    this.#processes = [];
  }

  async remove() {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
