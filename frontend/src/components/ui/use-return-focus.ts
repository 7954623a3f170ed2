import { useRef } from 'react';

/**
 * Gives the focus back to what had it before a dialog opened. Radix does so for dialogs with a trigger of their own only,
 * and ours are opened by whatever leads to them.
 */
export function useReturnFocus() {
  const before = useRef<HTMLElement | null>(null);
  return {
    onOpenAutoFocus: () => {
      before.current = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    },
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault();
      before.current?.focus();
    },
  };
}
