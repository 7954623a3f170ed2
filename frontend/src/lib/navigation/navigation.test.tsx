import { act, fireEvent, render, screen } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeRouter, router } from '@/lib/testing/router';
import { AddressProvider, useUrlState } from '.';

vi.mock('next/navigation', () => import('@/lib/testing/router'));

function Filters() {
  const url = useUrlState();
  return (
    <>
      <output>{`${url.get('type') ?? '-'} ${url.get('sort') ?? '-'} ${url.get('q') ?? '-'} ${url.page}`}</output>
      <button onClick={() => url.update({ type: 'rules' })}>type</button>
      <button onClick={() => url.update({ type: undefined })}>no type</button>
      <button onClick={() => url.update({ sort: 'name' })}>sort</button>
      <button onClick={() => url.update({ q: 'a b' })}>search</button>
      <button onClick={() => url.update({ page: 3 })}>page</button>
      <button onClick={() => url.reset({})}>all</button>
    </>
  );
}

const said = () => screen.getByRole('status').textContent;
const bar = () => window.location.pathname + window.location.search;
const press = async (...names: string[]) => {
  for (const name of names) await act(async () => fireEvent.click(screen.getByText(name)));
};
const arrive = () => act(async () => router.arrive());
const follow = (address: string) => act(async () => router.follow(address));

beforeEach(() => {
  render(
    <FakeRouter start="/list/">
      <AddressProvider>
        <Filters />
      </AddressProvider>
    </FakeRouter>,
  );
});

describe('useUrlState', () => {
  it('keeps two changes that come before the router has shown the first', async () => {
    await press('type', 'sort');
    expect(said()).toBe('rules name - 1');
    expect(bar()).toBe('/list/?type=rules&sort=name');
    await arrive();
    await arrive();
    expect(said()).toBe('rules name - 1');
    expect(bar()).toBe('/list/?type=rules&sort=name');
  });

  it('keeps what was asked for when the router writes an older step into the bar', async () => {
    await press('type', 'sort');
    router.write('/list/?type=rules');
    await press('search');
    expect(bar()).toBe('/list/?type=rules&sort=name&q=a+b');
  });

  it('keeps what was asked for while the router shows an older step', async () => {
    await press('type', 'sort');
    await follow('/list/?type=rules');
    expect(said()).toBe('rules name - 1');
    await press('search');
    expect(bar()).toBe('/list/?type=rules&sort=name&q=a+b');
  });

  it('takes back a change that the router has not shown', async () => {
    await press('type', 'no type', 'sort');
    expect(said()).toBe('- name - 1');
    expect(bar()).toBe('/list/?sort=name');
  });

  it('goes to the first page when anything but the page changes', async () => {
    await press('page');
    expect(said()).toBe('- - - 3');
    await press('sort');
    expect(said()).toBe('- name - 1');
  });

  it('shows everything again after a reset, whatever was on its way', async () => {
    await press('type', 'all');
    expect(said()).toBe('- - - 1');
    expect(bar()).toBe('/list/');
  });

  it('follows a link, and changes the address that it led to', async () => {
    await press('type');
    await arrive();
    await follow('/list/?sort=name');
    expect(said()).toBe('- name - 1');
    await press('search');
    expect(bar()).toBe('/list/?sort=name&q=a+b');
  });
});
