import { createContext, use } from 'react';
import type { Blocks, Preview } from '@/lib/api/types';
import type { Rules } from '@/features/builder/document/model';
import type { Words } from '@/features/builder/sentence/words';
import type { Change, Draft } from './use-draft';

export type Finding = Preview['findings'][number];

/** What every part of the form sees and may do. */
export interface Builder {
  draft: Draft;
  /** The document as the form shows it; the last that could be read. */
  rules: Rules;
  blocks: Blocks;
  words: Words;
  /** Nothing can be changed: the text cannot be read, or the reader may not. */
  disabled: boolean;
  findings: Finding[];
  change: Change;
  /** Changes the document's text. */
  edit: (change: (text: string) => string, key?: string) => void;
}

export const BuilderContext = createContext<Builder | null>(null);

export function useBuilder(): Builder {
  const builder = use(BuilderContext);
  if (!builder) throw new Error('a part of the builder stands outside of it');
  return builder;
}
