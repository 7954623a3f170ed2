import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { CloseIcon } from './icons';
import { useReturnFocus } from './use-return-focus';

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  children?: ReactNode;
}

export function Dialog({ open, onOpenChange, title, description, children }: DialogProps) {
  const t = useTranslations('common');
  const returnFocus = useReturnFocus();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 animate-fade bg-black/55" />
        <Radix.Content
          className="fixed inset-x-3 bottom-3 z-50 mx-auto max-h-[90dvh] max-w-md animate-rise overflow-y-auto rounded-2xl border border-line bg-surface p-5 shadow-pop sm:top-1/2 sm:bottom-auto sm:-translate-y-1/2 sm:animate-fade sm:p-6"
          {...returnFocus}
          {...(description ? {} : { 'aria-describedby': undefined })}
        >
          <Radix.Title className="pr-8 text-lg font-bold">{title}</Radix.Title>
          {description && (
            <Radix.Description className="mt-1.5 text-sm text-ink-soft">
              {description}
            </Radix.Description>
          )}
          <div className="mt-4">{children}</div>
          <Radix.Close
            aria-label={t('close')}
            className="absolute top-4 right-4 grid size-8 place-items-center rounded-md text-ink-faint hover:bg-raised hover:text-ink"
          >
            <CloseIcon />
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
