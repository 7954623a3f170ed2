'use client';

import type ko from './messages/safety/ko.json';
import { pageWords } from './page-words';

export type SafetyMessages = typeof ko;

/** The words of an order's sheet, of doubts, risk and proof. */
export const SafetyWords = pageWords<SafetyMessages>({
  ko: () => import('./messages/safety/ko.json'),
  en: () => import('./messages/safety/en.json'),
});
