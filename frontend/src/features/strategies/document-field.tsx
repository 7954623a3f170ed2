import { FileUp } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { Field, Textarea } from '@/components/ui/field';
import type { DocumentParameter } from '@/lib/parameters/schema';
import { usePreferences } from '@/lib/preferences/store';
import { DocumentFindings } from './document-findings';
import { rangeOfLine, textOf } from './document-lines';

interface DocumentFieldProps {
  document: DocumentParameter;
  value: string;
  onChange: (text: string) => void;
  onBlur: () => void;
  inputRef: (element: HTMLTextAreaElement | null) => void;
  error: string | undefined;
}

/** A document to write or to open from a file, and under it what there is to know about it. */
export function DocumentField({ document, value, onChange, onBlur, inputRef, error }: DocumentFieldProps) {
  const t = useTranslations('strategies.document');
  const locale = usePreferences((state) => state.locale);
  const area = useRef<HTMLTextAreaElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const [unread, setUnread] = useState<string | null>(null);

  const open = async (chosen: File | undefined) => {
    if (!chosen) return;
    if (chosen.size > document.maximum) {
      setUnread(t('tooLong', { kib: document.maximum / 1024 }));
      return;
    }
    const text = await textOf(chosen);
    setUnread(text === null ? t('notText') : null);
    if (text !== null) onChange(text);
  };
  const goTo = (line: number) => {
    const element = area.current;
    if (!element) return;
    const [start, end] = rangeOfLine(element.value, line);
    // The cursor is brought into view when the area is focused.
    element.setSelectionRange(start, start);
    element.blur();
    element.focus();
    element.setSelectionRange(start, end);
  };

  return (
    <div className="flex min-w-0 flex-col gap-3">
      <Field label={document.title[locale]} hint={document.description[locale]} error={unread ?? error}>
        {(wiring) => (
          <Textarea
            {...wiring}
            ref={(element) => {
              area.current = element;
              inputRef(element);
            }}
            value={value}
            onChange={(event) => {
              setUnread(null);
              onChange(event.target.value);
            }}
            onBlur={onBlur}
            rows={18}
            wrap="off"
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            className="overflow-auto font-mono text-sm leading-5 whitespace-pre"
            data-testid="strategy-document"
          />
        )}
      </Field>
      <div>
        <input
          ref={file}
          type="file"
          accept=".yaml,.yml"
          hidden
          data-testid="strategy-document-file"
          onChange={(event) => {
            void open(event.target.files?.[0]);
            // The same file can be chosen again after it was changed.
            event.target.value = '';
          }}
        />
        <Button variant="secondary" size="sm" onClick={() => file.current?.click()}>
          <FileUp aria-hidden />
          {t('open')}
        </Button>
      </div>
      <DocumentFindings document={value} onGo={goTo} />
    </div>
  );
}
