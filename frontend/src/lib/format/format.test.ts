import { describe, expect, it } from 'vitest';
import { fileName } from './file-name';
import { createFormat, groupDecimal, NOTHING, seoulDate } from './format';

const ko = createFormat('ko');
const en = createFormat('en');

describe('won', () => {
  it.each([
    [0, '0원', '₩0'],
    [1_234_567, '1,234,567원', '₩1,234,567'],
    [-5_000, '-5,000원', '-₩5,000'],
    [9_007_199_254_740_991, '9,007,199,254,740,991원', '₩9,007,199,254,740,991'],
  ])('%d', (value, korean, english) => {
    expect(ko.won(value)).toBe(korean);
    expect(en.won(value)).toBe(english);
  });

  it('marks a gain with a plus, and nought with nothing', () => {
    expect(ko.won(100, { signed: true })).toBe('+100원');
    expect(en.won(100, { signed: true })).toBe('+₩100');
    expect(ko.won(0, { signed: true })).toBe('0원');
    expect(ko.won(-100, { signed: true })).toBe('-100원');
  });

  it('tells neighbouring axis labels apart', () => {
    expect(ko.wonShort(104_250_000)).toBe('1.0425억');
    expect(ko.wonShort(104_260_000)).toBe('1.0426억');
    expect(en.wonShort(-104_250_000)).toBe('-₩104.25M');
  });
});

describe('decimal strings', () => {
  it.each([
    ['70123.4567', '70,123.4567'],
    ['70123.4500', '70,123.45'],
    ['70123.0000', '70,123'],
    ['-1234567.5', '-1,234,567.5'],
    // More digits than a float has: each one survives.
    ['12345678901234567.1234', '12,345,678,901,234,567.1234'],
    ['not a number', 'not a number'],
  ])('%s → %s', (given, shown) => {
    expect(groupDecimal(given)).toBe(shown);
  });
});

describe('percent', () => {
  it.each([
    [0.1234, '+12.34%'],
    [-0.05, '-5.00%'],
    [0, '0.00%'],
    [-0.00001, '0.00%'],
    [12.5, '+1,250.00%'],
  ])('%d', (ratio, shown) => {
    expect(ko.percent(ratio, { signed: true })).toBe(shown);
  });
});

it('span tells long durations in their two greatest units', () => {
  expect([280, 59_990, 153_720, 3_600_000, 3_780_400, 90_061_000].map(ko.span)).toEqual(['0.28초', '59.99초', '2분 34초', '1시간', '1시간 3분', '25시간 1분']);
  expect(en.span(153_720)).toBe('2 min 34 s');
  expect(ko.span(null)).toBe(NOTHING);
});

describe('missing values', () => {
  it('are a dash everywhere', () => {
    const shown = [
      ko.won(null),
      ko.integer(undefined),
      ko.percent(null),
      ko.number(NaN),
      ko.decimal(null),
      ko.dateTime(null),
      ko.date('gibberish'),
    ];
    expect(shown).toEqual(shown.map(() => NOTHING));
  });
});

describe('times are Seoul times on any machine', () => {
  it('moves an instant to Seoul', () => {
    expect(Intl.DateTimeFormat().resolvedOptions().timeZone).not.toBe('Asia/Seoul');
    expect(ko.time('2026-11-20T00:30:05Z')).toBe('09:30:05');
    expect(en.dateTime('2026-11-19T15:00:00Z')).toBe('11/20, 00:00:00');
  });

  it('leaves a calendar date alone', () => {
    expect(ko.date('2026-01-01')).toBe('2026. 01. 01.');
    expect(en.date('2026-01-01')).toBe('01/01/2026');
  });

  it('finds today in Seoul, also when it is still yesterday elsewhere', () => {
    const lateEvening = new Date('2026-02-28T15:30:00Z');
    expect(seoulDate(lateEvening)).toBe('2026-03-01');
    expect(seoulDate(lateEvening, { days: -1 })).toBe('2026-02-28');
    expect(seoulDate(lateEvening, { years: -1 })).toBe('2025-03-01');
  });
});

describe('fileName', () => {
  it('is the last part of a path of either kind, or the whole of a bare name', () => {
    expect(fileName('/srv/data/bars.parquet')).toBe('bars.parquet');
    expect(fileName('C:\\data\\bars.csv')).toBe('bars.csv');
    expect(fileName('bars.csv')).toBe('bars.csv');
  });
});
