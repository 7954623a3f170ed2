import { describe, expect, it } from 'vitest';
import en from '@/lib/i18n/messages/backtest/en.json';
import { bestOf, FIGURES, figuresOf, GROUPS, parseFigure, specOf } from './figures';

describe('every figure', () => {
  const words = en.figures as Record<string, Record<string, { title: string; about: string }>>;
  it('has a name and an explanation', () => {
    for (const key of GROUPS.flatMap(figuresOf)) {
      const entry = words[key.group]?.[key.name];
      expect(entry?.title && entry.about, `${key.group}.${key.name}`).toBeTruthy();
    }
  });
  it('has none left over', () => {
    const known = new Set(GROUPS.flatMap((group) => Object.keys(FIGURES[group]).map((name) => `${group}.${name}`)));
    const written = Object.entries(words).flatMap(([group, names]) => Object.keys(names).map((name) => `${group}.${name}`));
    expect(written.filter((id) => !known.has(id))).toEqual([]);
  });
});

describe('parseFigure', () => {
  it('reads ids with and without their group', () => {
    expect(parseFigure('risk.sharpe_ratio')).toEqual({ group: 'risk', name: 'sharpe_ratio' });
    expect(parseFigure('sharpe_ratio')).toEqual({ group: 'risk', name: 'sharpe_ratio' });
    expect(parseFigure('total_return')).toEqual({ group: 'returns', name: 'total_return' });
    expect(['risk.luck', 'luck', 'returns.sharpe_ratio', ''].map(parseFigure)).toEqual([null, null, null, null]);
  });
  it('knows units and what is better', () => {
    expect(specOf({ group: 'risk', name: 'volatility' })).toEqual(['percent', 'low']);
    expect(specOf({ group: 'risk', name: 'luck' })).toBeNull();
  });
});

describe('bestOf', () => {
  it('marks the best, all of them where several are', () => {
    expect(bestOf([1, 3, 2], 'high')).toEqual([1]);
    expect(bestOf([1, 3, 1], 'low')).toEqual([0, 2]);
    expect(bestOf([null, 3, 2], 'high')).toEqual([1]);
  });
  it('marks nothing where there is nothing to choose', () => {
    expect(bestOf([2, 2], 'high')).toEqual([]);
    expect(bestOf([null, 2], 'high')).toEqual([]);
    expect(bestOf([1, 2], null)).toEqual([]);
  });
});
