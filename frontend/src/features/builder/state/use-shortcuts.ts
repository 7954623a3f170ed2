import { useEffect, useRef } from 'react';

interface Shortcuts {
  onUndo: () => void;
  onRedo: () => void;
  onSave: () => void;
}

/** Ctrl+Z, Ctrl+Y and Ctrl+S for the page as a whole. Fields that are not part of the draft keep their own undo. */
export function useShortcuts(shortcuts: Shortcuts, enabled: boolean): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    if (!enabled) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      const isElsewhere = event.target instanceof Element && event.target.closest('[role=dialog], [data-own-undo]') !== null;
      const { onUndo, onRedo, onSave } = latest.current;
      const key = event.key.toLowerCase();
      if (key === 's') onSave();
      else if (isElsewhere) return;
      else if (key === 'z' && !event.shiftKey) onUndo();
      else if (key === 'y' || key === 'z') onRedo();
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [enabled]);
}
