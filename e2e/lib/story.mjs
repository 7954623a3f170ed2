// What every walk through the web app begins with: an installation of its own, a browser, an account, and steps.
import assert from 'node:assert/strict';

import { launch, openPage, picture } from './browser.mjs';
import { Exodus } from './exodus.mjs';

export const ACCOUNT = { full_name: '시험하는 사람', email: 'story@example.com', password: 'correct horse battery staple' };

/** A running installation with settings of its own, its first account, and a browser; all of them end with the test `t`. */
export async function begin(t, settings = {}) {
  const exodus = await Exodus.create('embedded', settings);
  const browser = await launch();
  t.after(async () => {
    await browser.close();
    await exodus.remove();
  });
  await exodus.start();
  let token = null;
  /** Asks the API as that account; gives what it answers. `more` are headers of this request alone. */
  const ask = async (method, path, body, more = {}) => {
    const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }), ...more };
    const answer = await fetch(`${exodus.url}/api/v1/${path}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return text && JSON.parse(text);
  };
  token = (await ask('POST', 'auth/register', ACCOUNT)).access_token;
  return { exodus, browser, ask };
}

/** A page on which that account has signed in. `language` is chosen first, and `before` sees the page without an account. */
export async function signedIn({ exodus, browser }, { language, before, ...options } = {}) {
  const opened = await openPage(browser, exodus.url, options);
  const { page } = opened;
  await page.goto('/login/');
  if (language) await page.getByTestId(`language-${language}`).click();
  await before?.(page);
  await page.getByTestId('login-email').fill(ACCOUNT.email);
  await page.getByTestId('login-password').fill(ACCOUNT.password);
  await page.getByTestId('login-submit').click();
  await page.getByTestId('tile-total-assets').waitFor();
  return opened;
}

/** Runs steps that stand on one another: after one has failed, with a picture of `page`, the others are skipped. */
export function stepsOf(t, page, name) {
  let failed = false;
  return (title, run) =>
    t.test(title, { skip: failed && 'an earlier step failed' }, async () => {
      await run().catch(async (cause) => {
        failed = true;
        await picture(page, `${name}-failed`);
        throw cause;
      });
    });
}
