import { test } from 'node:test';

import { servers } from '../lib/exodus.mjs';
import { walkThread } from '../lib/thread.mjs';

test('one process on SQLite', (t) => walkThread(t, 'embedded'));

test('API and worker on PostgreSQL and Redis', { skip: servers() ? false : 'no PostgreSQL and Redis' }, (t) => walkThread(t, 'split'));
