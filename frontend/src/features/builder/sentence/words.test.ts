import { createTranslator } from 'use-intl';
import { describe, expect, it } from 'vitest';
import type { Blocks, IndicatorBlock } from '@/lib/api/types';
import { readRules } from '@/features/builder/document/read';
import en from '@/lib/i18n/messages/builder/en.json';
import ko from '@/lib/i18n/messages/builder/ko.json';
import type { Locale } from '@/lib/preferences/store';
import { wordsOf } from './words';

const block = (id: string, titleKo: string, titleEn: string, parameters: [string, number | string][], outputs = ['value']): IndicatorBlock => ({
  id,
  title: { ko: titleKo, en: titleEn },
  description: { ko: '', en: '' },
  category: 'other',
  pane: 'own',
  available: true,
  outputs,
  default_output: outputs[0] ?? '',
  parameters: parameters.map(([key, usual]) => ({
    key,
    title: { ko: key, en: key },
    kind: typeof usual === 'number' ? 'integer' : 'choice',
    default: usual,
    minimum: 1,
    maximum: 500,
    usual_minimum: 1,
    usual_maximum: 100,
    step: 1,
    choices: [],
  })),
});

const named = (id: string, titleKo: string, titleEn: string) => ({ id, title: { ko: titleKo, en: titleEn } });

const BLOCKS: Blocks = {
  indicators: [
    block('sma', '단순이동평균 (SMA)', 'Simple moving average (SMA)', [['period', 20]]),
    block('macd', '이동평균 수렴확산 (MACD)', 'Moving average convergence/divergence (MACD)', [['fast', 12], ['slow', 26], ['signal', 9]], ['value', 'signal', 'histogram']),
    block('maximum', '최고 종가', 'Highest close', [['period', 20]]),
    block('consecutive', '연속 상승·하락 횟수', 'Closes in a row', [['direction', 'up']]),
    block('ibs', '봉 안의 종가 위치 (IBS)', 'Internal bar strength (IBS)', []),
  ],
  candlesticks: [{ id: 'engulfing', title: { ko: '장악형', en: 'Engulfing' }, description: { ko: '', en: '' }, bars: 2, signals: [], available: true }],
  price_fields: [named('close', '종가', 'Close'), named('volume', '거래량', 'Volume')],
  operators: [named('cross_above', '상향 돌파', 'crosses above'), named('greater_equal', '이상', 'is at least'), named('equal', '같음', 'equals')],
  presets: [],
};

const TEXT = `strategy:
  params:
    long: {default: 20}
  indicators:
    - {id: sma, alias: fast, params: {period: 5}}
    - {id: sma, alias: slow, params: {period: $long}}
    - {id: macd, alias: m}
    - {id: maximum, alias: top, params: {period: 252}}
    - {id: consecutive, alias: rising, params: {direction: up}}
    - {id: ibs, alias: ibs}
    - {id: sma, alias: twin, params: {period: 5}}
  candlesticks:
    - {id: engulfing, alias: e}
  entry:
    conditions:
      - {indicator: slow, operator: cross_above, compare_to: top}
      - {indicator: m, operator: cross_above, compare_to: m, compare_output: signal}
      - {indicator: close, operator: greater_equal, compare_to: slow, compare_scalar: 1.02}
      - {indicator: rising, operator: greater_equal, compare_to: 3}
      - {indicator: volume, operator: equal, compare_to: $long}
      - {candlestick: e, signal: bullish}
      - {indicator: fast, operator: cross_above, compare_to: nobody}
      - {indicator: ibs, operator: sideways}
`;

function sentences(locale: Locale, overrides = {}): string[] {
  const reading = readRules(TEXT);
  if (!reading.ok) throw new Error(reading.message);
  const { builder } = locale === 'ko' ? ko : en;
  const t = createTranslator({ locale, messages: { builder }, namespace: 'builder' });
  const words = wordsOf({
    locale,
    blocks: BLOCKS,
    rules: reading.rules,
    overrides,
    phrases: {
      length: (count) => t('length.days', { count }),
      output: (name) => builder.outputs[name as 'signal'],
      choice: (word) => builder.words[word as 'up'],
      comparison: (left, operator, right) => t('sentence.comparison', { left, operator, right }),
      pattern: (name, signal) => t(`sentence.${signal}`, { name }),
      missing: t('condition.missing'),
    },
  });
  return reading.rules.entry.conditions.map(words.sentence);
}

describe('a condition', () => {
  it('reads as a Korean sentence with its particles', () => {
    expect(sentences('ko')).toEqual([
      '20일 단순이동평균이 252일 최고 종가를 상향 돌파',
      '이동평균 수렴확산(12, 26, 9) 값이 이동평균 수렴확산(12, 26, 9) 시그널을 상향 돌파',
      '종가가 20일 단순이동평균 × 1.02 이상',
      '연속 상승·하락 횟수(상승)가 3 이상',
      '거래량이 20과 같음',
      '장악형 상승 신호',
      '5일 단순이동평균 [fast]이 nobody를 상향 돌파',
      '봉 안의 종가 위치가 (값 없음) sideways',
    ]);
  });

  it('reads as an English sentence by the letters an indicator is known by', () => {
    expect(sentences('en')).toEqual([
      'SMA(20) crosses above Highest close(252)',
      'MACD(12, 26, 9) value crosses above MACD(12, 26, 9) signal',
      'Close is at least SMA(20) × 1.02',
      'Closes in a row(up) is at least 3',
      'Volume equals 20',
      'Engulfing gives a bullish signal',
      'SMA(5) [fast] crosses above nobody',
      'IBS sideways (nothing)',
    ]);
  });

  it('says the value a parameter has in this strategy', () => {
    expect(sentences('ko', { long: 60 })[0]).toBe('60일 단순이동평균이 252일 최고 종가를 상향 돌파');
  });
});
