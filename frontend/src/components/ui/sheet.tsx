import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { CloseIcon } from './icons';
import { useReturnFocus } from './use-return-focus';

interface SheetProps {
  onClose: () => void;
  title: ReactNode;
  description?: ReactNode;
  /** Stays in sight at the foot while the rest scrolls. */
  footer?: ReactNode;
  children: ReactNode;
  testId: string;
}

/** Details of one row beside the list they belong to; the whole window on a phone. */
export function Sheet({ onClose, title, description, footer, children, testId }: SheetProps) {
  const t = useTranslations('common');
  const returnFocus = useReturnFocus();
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 animate-fade bg-black/45" />
        <Radix.Content
          data-testid={testId}
          className="fixed inset-y-0 right-0 z-50 flex w-full max-w-xl animate-sheet flex-col border-l border-line bg-surface shadow-pop"
          {...returnFocus}
          {...(description ? {} : { 'aria-describedby': undefined })}
        >
          <div className="flex items-start justify-between gap-3 border-b border-line px-4 py-4 sm:px-6">
            <div className="min-w-0">
              <Radix.Title className="text-lg font-bold">{title}</Radix.Title>
              {description && (
                <Radix.Description className="mt-0.5 text-sm text-ink-faint">
                  {description}
                </Radix.Description>
              )}
            </div>
            <Radix.Close
              aria-label={t('close')}
              className="grid size-9 shrink-0 place-items-center rounded-md text-ink-faint hover:bg-raised hover:text-ink"
            >
              <CloseIcon />
            </Radix.Close>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
          {footer && (
            <div className="flex flex-wrap items-center justify-end gap-2 border-t border-line px-4 py-3 sm:px-6">
              {footer}
            </div>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
