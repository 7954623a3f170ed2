import { useQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useId, useState, type KeyboardEvent } from 'react';
import { useTranslations } from 'use-intl';
import type { FieldWiring } from '@/components/ui/field';
import { Input } from '@/components/ui/field';
import { isTraded } from '@/lib/api/market';
import { queries } from '@/lib/api/queries';
import type { Instrument } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { useFormat } from '@/lib/format/use-format';
import { useDebounced } from '@/lib/hooks/use-debounced';
import { useIssueName } from '@/lib/i18n/use-issue-name';

interface SymbolSearchProps {
  onPick: (instrument: Instrument) => void;
  /** Symbols already chosen; they are marked in the list. */
  chosen?: string[];
  placeholder?: string;
  wiring?: FieldWiring;
  disabled?: boolean;
  className?: string;
  testId?: string;
}

const SHOWN = 30;

/** A search box with a list of instruments: arrows to move, Enter to pick, Escape to leave. */
export function SymbolSearch({
  onPick,
  chosen = [],
  placeholder,
  wiring,
  disabled,
  className,
  testId = 'symbol-search',
}: SymbolSearchProps) {
  const t = useTranslations('symbolSearch');
  const format = useFormat();
  const issueName = useIssueName();
  const listId = useId();
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const q = useDebounced(text.trim(), 200);
  const { data, isFetching } = useQuery({
    ...queries.symbols({ q: q || undefined, page: 1, page_size: SHOWN }),
    enabled: open,
  });
  const found = data?.items.filter(isTraded) ?? [];

  const historyText = ({ daily_bars: days }: Instrument) =>
    days === 0 ? t('noData') : t('days', { days: format.integer(days) });
  const pick = (instrument: Instrument | undefined) => {
    if (!instrument) return;
    onPick(instrument);
    setText('');
    setOpen(false);
    setActive(0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setOpen(true);
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setActive((index) => Math.min(Math.max(index + step, 0), Math.max(found.length - 1, 0)));
    } else if (event.key === 'Enter' && open) {
      event.preventDefault();
      pick(found[active]);
    } else if (event.key === 'Escape' && open) {
      event.preventDefault();
      setOpen(false);
    }
  };

  return (
    <div className={cn('relative', className)}>
      <Search
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-3 z-1 size-4 -translate-y-1/2 text-ink-faint"
      />
      <Input
        {...wiring}
        role="combobox"
        aria-expanded={open}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={open && found[active] ? `${listId}-${active}` : undefined}
        aria-label={wiring ? undefined : (placeholder ?? t('placeholder'))}
        autoComplete="off"
        disabled={disabled}
        value={text}
        placeholder={placeholder ?? t('placeholder')}
        className="pl-9"
        data-testid={testId}
        onChange={(event) => {
          setText(event.target.value);
          setActive(0);
          setOpen(true);
        }}
        onClick={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      {open && (
        <ul
          id={listId}
          role="listbox"
          aria-label={t('results')}
          className="absolute inset-x-0 top-full z-30 mt-1 max-h-72 min-w-64 animate-fade overflow-y-auto rounded-xl border border-line bg-surface p-1.5 shadow-pop"
        >
          {found.map((instrument, index) => (
            <li
              key={instrument.symbol}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={chosen.includes(instrument.symbol)}
              data-testid={`symbol-option-${instrument.symbol}`}
              // Pressing must not take the focus, or the list would close before the click.
              onMouseDown={(event) => event.preventDefault()}
              onMouseMove={() => setActive(index)}
              onClick={() => pick(instrument)}
              className={cn(
                'flex cursor-pointer items-center justify-between gap-3 rounded-md px-2.5 py-2 text-sm',
                index === active && 'bg-raised',
                chosen.includes(instrument.symbol) && 'text-ink-faint',
              )}
            >
              <span className="min-w-0 truncate">
                <span className="font-semibold">{issueName(instrument)}</span>
                <span className="tabular ml-2 text-xs text-ink-faint">{instrument.symbol}</span>
              </span>
              <span className="shrink-0 text-xs text-ink-faint">
                {chosen.includes(instrument.symbol) ? t('chosen') : historyText(instrument)}
              </span>
            </li>
          ))}
          {found.length === 0 && (
            <li className="px-2.5 py-3 text-center text-sm text-ink-faint">
              {isFetching ? t('searching') : t('none')}
            </li>
          )}
        </ul>
      )}
    </div>
  );
}
