import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createTranslator } from 'use-intl';
import { describe, expect, it } from 'vitest';
import backtestEn from './messages/backtest/en.json';
import backtestKo from './messages/backtest/ko.json';
import builderEn from './messages/builder/en.json';
import builderKo from './messages/builder/ko.json';
import commonEn from './messages/en.json';
import commonKo from './messages/ko.json';
import safetyEn from './messages/safety/en.json';
import safetyKo from './messages/safety/ko.json';

type Tree = { [key: string]: string | Tree };

function flatten(tree: Tree, prefix = ''): Map<string, string> {
  const entries = Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string'
      ? [[`${prefix}${key}`, value]]
      : [...flatten(value, `${prefix}${key}.`)],
  );
  return new Map(entries);
}

/** As a page has them: its own words laid over those of every page. */
const ko = { ...commonKo, ...backtestKo, ...builderKo, ...safetyKo };
const en = { ...commonEn, ...backtestEn, ...builderEn, ...safetyEn };

const korean = flatten(ko);
const english = flatten(en);

/** Names of the values a message wants, such as `name` in `Hello {name}`. */
function wanted(message: string): string[] {
  const names = [...message.matchAll(/\{(\w+)/g)].map(([, name]) => name ?? '');
  return [...new Set(names)].sort();
}

describe('messages', () => {
  it('of some pages hide none of the others', () => {
    const own = [...Object.keys(backtestKo), ...Object.keys(builderKo), ...Object.keys(safetyKo)];
    expect(own.filter((key) => key in commonKo)).toEqual([]);
    expect(new Set(own).size).toBe(own.length);
  });

  it('have the same keys in both languages', () => {
    expect([...english.keys()].sort()).toEqual([...korean.keys()].sort());
  });

  it('are never empty', () => {
    const empty = [...korean, ...english].filter(([, text]) => text.trim() === '');
    expect(empty).toEqual([]);
  });

  it('want the same values in both languages', () => {
    for (const [key, text] of korean) {
      const other = english.get(key) ?? '';
      // A plural repeats words in braces in one language only; its values are what counts.
      const names = (message: string) => wanted(message).filter((name) => !/^[A-Z0-9]|^No$/.test(name));
      expect(names(other), key).toEqual(names(text));
    }
  });

  it('are well formed', () => {
    for (const [locale, messages] of [
      ['ko', ko],
      ['en', en],
    ] as const) {
      const failures: string[] = [];
      const t = createTranslator({ locale, messages, onError: (error) => failures.push(error.message) });
      for (const [key, text] of korean) {
        const given = Object.fromEntries(wanted(text).map((name) => [name, 3]));
        const tags = [...text.matchAll(/<(\w+)>/g)].map(([, name = '']) => [name, () => '']);
        t.markup(key as never, { ...given, ...Object.fromEntries(tags) } as never);
      }
      expect(failures).toEqual([]);
    }
  });
});

describe('components', () => {
  it('hold no Korean sentence of their own', () => {
    const source = path.resolve(import.meta.dirname, '../..');
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.tsx') && !name.endsWith('.test.tsx'),
    );
    expect(files.length).toBeGreaterThan(80);
    const offenders = files.filter((name) => {
      const code = readFileSync(path.join(source, name), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      return /[가-힣]{2,}/.test(code);
    });
    // A language names itself in its own language; the tab's description is static HTML.
    expect(offenders.sort()).toEqual(['app/layout.tsx', 'components/layout/language-switch.tsx']);
  });
});
