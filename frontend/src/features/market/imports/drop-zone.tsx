import { FileUp } from 'lucide-react';
import { useState, type DragEvent } from 'react';
import { useTranslations } from 'use-intl';
import type { FileKind } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { ACCEPTED } from './accepted';

interface DropZoneProps {
  kind: FileKind;
  file: File | null;
  onChoose: (file: File | undefined) => void;
}

/** A place to drop a file on, and a button that opens the file dialog. */
export function DropZone({ kind, file, onChoose }: DropZoneProps) {
  const t = useTranslations('imports');
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    onChoose(event.dataTransfer.files[0]);
  };
  return (
    <label
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={cn(
        'flex cursor-pointer flex-col items-center gap-2 rounded-xl border-2 border-dashed px-4 py-8 text-center',
        'focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent',
        over ? 'border-accent bg-accent-soft' : 'border-line hover:border-line-strong',
      )}
    >
      <FileUp aria-hidden className="size-7 text-ink-faint" />
      <span className="font-semibold break-all">{file ? file.name : t('choose')}</span>
      <span className="text-sm text-ink-faint">{t(`columns.${kind}`)}</span>
      <input
        type="file"
        accept={ACCEPTED[kind].join(',')}
        className="sr-only"
        data-testid="import-file"
        onChange={(event) => {
          onChoose(event.target.files?.[0]);
          // The same file can be chosen again after a failure.
          event.target.value = '';
        }}
      />
    </label>
  );
}
