'use client';

import type ko from './messages/builder/ko.json';
import { pageWords } from './page-words';

export type BuilderMessages = typeof ko;

/** The words of the strategy builder. */
export const BuilderWords = pageWords<BuilderMessages>({
  ko: () => import('./messages/builder/ko.json'),
  en: () => import('./messages/builder/en.json'),
});
