'use client';

import type ko from './messages/backtest/ko.json';
import { pageWords } from './page-words';

export type BacktestMessages = typeof ko;

/** The words of the backtest pages. */
export const BacktestWords = pageWords<BacktestMessages>({
  ko: () => import('./messages/backtest/ko.json'),
  en: () => import('./messages/backtest/en.json'),
});
