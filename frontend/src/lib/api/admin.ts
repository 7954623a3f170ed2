import { http, unwrap } from './client';
import type { components } from './schema';
import type { JobStatus, PageQuery } from './types';

type Schemas = components['schemas'];

export const admin = {
  users: (query: PageQuery) => unwrap(http.GET('/api/v1/admin/users', { params: { query } })),
  updateUser: (id: number, body: Schemas['UserPatch']) =>
    unwrap(http.PATCH('/api/v1/admin/users/{id}', { params: { path: { id } }, body })),
  settings: () => unwrap(http.GET('/api/v1/admin/settings')),
  saveSettings: (body: Schemas['Settings']) =>
    unwrap(http.PUT('/api/v1/admin/settings', { body })),
  jobs: (query: { status?: JobStatus } & PageQuery) =>
    unwrap(http.GET('/api/v1/admin/jobs', { params: { query } })),
  system: () => unwrap(http.GET('/api/v1/admin/system')),
  halt: (reason?: string) => unwrap(http.POST('/api/v1/admin/halt', { body: { reason } })),
  resume: (body: { password: string; reason: string }) =>
    unwrap(http.POST('/api/v1/admin/resume', { body })),
};
