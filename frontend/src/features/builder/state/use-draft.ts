import { useCallback, useReducer } from 'react';
import type { ParameterValue } from '@/lib/parameters/schema';

/** What is being made: everything that undo brings back. */
export interface Draft {
  name: string;
  symbols: string[];
  /** The `.kis.yaml` text: the only place where the rules are. */
  document: string;
  /** Values of the document's parameters in place of their defaults. */
  overrides: Record<string, ParameterValue>;
}

interface History {
  past: Draft[];
  now: Draft;
  future: Draft[];
  /** What was changed last, and when: more of the same soon after is one step. */
  last: { key: string; at: number } | null;
}

type Action =
  | { kind: 'change'; change: (draft: Draft) => Draft; key: string | null; at: number }
  | { kind: 'undo' }
  | { kind: 'redo' };

const MOST_STEPS = 200;
const SAME_STEP_MS = 1_000;

export function stepped(history: History, action: Action): History {
  const { past, now, future, last } = history;
  if (action.kind === 'undo') {
    const before = past.at(-1);
    return before ? { past: past.slice(0, -1), now: before, future: [now, ...future], last: null } : history;
  }
  if (action.kind === 'redo') {
    const [after, ...rest] = future;
    return after ? { past: [...past, now], now: after, future: rest, last: null } : history;
  }
  const next = action.change(now);
  if (next === now) return history;
  const { key, at } = action;
  const isSame = key !== null && last?.key === key && at - last.at < SAME_STEP_MS;
  return {
    past: isSame ? past : [...past, now].slice(-MOST_STEPS),
    now: next,
    future: [],
    last: key === null ? null : { key, at },
  };
}

export type Change = (change: (draft: Draft) => Draft, key?: string) => void;

/** A draft with its past and future. Changes with the same key that follow each other soon are undone together. */
export function useDraft(start: Draft) {
  const [history, dispatch] = useReducer(stepped, { past: [], now: start, future: [], last: null });
  const change: Change = useCallback((edit, key) => dispatch({ kind: 'change', change: edit, key: key ?? null, at: Date.now() }), []);
  const undo = useCallback(() => dispatch({ kind: 'undo' }), []);
  const redo = useCallback(() => dispatch({ kind: 'redo' }), []);
  return { draft: history.now, change, undo, redo, canUndo: history.past.length > 0, canRedo: history.future.length > 0 };
}
