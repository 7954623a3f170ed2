'use client';

import { useTranslations } from 'use-intl';
import { create } from 'zustand';
import { cn } from '@/lib/cn';
import { CloseIcon } from './icons';

type ToastKind = 'success' | 'error' | 'info';

/** What can be done about the news, such as taking back what was done. */
interface ToastAction {
  label: string;
  onAct: () => void;
}

interface Toast {
  id: number;
  kind: ToastKind;
  text: string;
  action?: ToastAction;
}

interface ToastState {
  toasts: Toast[];
  show: (kind: ToastKind, text: string, action?: ToastAction) => void;
  dismiss: (id: number) => void;
}

const SHOWN_FOR_MS: Record<ToastKind, number> = { success: 4_000, info: 5_000, error: 8_000 };
/** What offers an action stays long enough to decide on it. */
const OFFERED_FOR_MS = 10_000;
const MOST_AT_ONCE = 4;

let lastId = 0;

const useToasts = create<ToastState>()((set, get) => ({
  toasts: [],
  show: (kind, text, action) => {
    // The same news twice at once is noise.
    if (!action && get().toasts.some((toast) => toast.text === text && toast.kind === kind)) return;
    lastId += 1;
    const id = lastId;
    set(({ toasts }) => ({ toasts: [...toasts, { id, kind, text, action }].slice(-MOST_AT_ONCE) }));
    setTimeout(() => get().dismiss(id), action ? OFFERED_FOR_MS : SHOWN_FOR_MS[kind]);
  },
  dismiss: (id) => set(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) })),
}));

/** Tells the outcome of an action; callable from anywhere. */
export const toast = {
  success: (text: string, action?: ToastAction) => useToasts.getState().show('success', text, action),
  error: (text: string) => useToasts.getState().show('error', text),
  info: (text: string) => useToasts.getState().show('info', text),
};

const MARK: Record<ToastKind, string> = { success: 'bg-good', error: 'bg-danger', info: 'bg-accent' };

export function Toaster() {
  const t = useTranslations('common');
  const toasts = useToasts((state) => state.toasts);
  const dismiss = useToasts((state) => state.dismiss);
  return (
    <div
      role="region"
      aria-label={t('notifications')}
      aria-live="polite"
      className="pointer-events-none fixed inset-x-3 top-16 z-[60] flex flex-col items-center gap-2 sm:inset-x-auto sm:right-5 sm:items-end"
    >
      {toasts.map(({ id, kind, text, action }) => (
        <div
          key={id}
          data-testid={`toast-${kind}`}
          className="pointer-events-auto flex w-full max-w-sm animate-rise items-start gap-3 rounded-xl border border-line bg-surface py-3 pr-2 pl-4 text-sm shadow-pop"
        >
          <span aria-hidden className={cn('mt-1.5 size-2 shrink-0 rounded-full', MARK[kind])} />
          <p className="min-w-0 flex-1 font-medium">{text}</p>
          {action && (
            <button
              type="button"
              onClick={() => {
                dismiss(id);
                action.onAct();
              }}
              className="min-h-7 shrink-0 rounded-md px-1.5 font-bold text-accent underline-offset-2 hover:underline"
              data-testid="toast-action"
            >
              {action.label}
            </button>
          )}
          <button
            type="button"
            aria-label={t('close')}
            onClick={() => dismiss(id)}
            className="grid size-7 shrink-0 place-items-center rounded-md text-ink-faint hover:bg-raised"
          >
            <CloseIcon />
          </button>
        </div>
      ))}
    </div>
  );
}
