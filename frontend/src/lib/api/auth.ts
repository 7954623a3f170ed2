import { http, publicHttp, unwrap } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];

export const auth = {
  setup: () => unwrap(publicHttp.GET('/api/v1/auth/setup')),
  login: (body: Schemas['LoginRequest']) => unwrap(publicHttp.POST('/api/v1/auth/login', { body })),
  register: (body: Schemas['RegisterRequest']) =>
    unwrap(publicHttp.POST('/api/v1/auth/register', { body })),
  logout: () => unwrap(http.POST('/api/v1/auth/logout')),
  changePassword: (body: Schemas['PasswordChange']) =>
    unwrap(http.POST('/api/v1/auth/password', { body })),
};
