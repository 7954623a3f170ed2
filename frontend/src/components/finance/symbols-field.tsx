import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { CloseIcon } from '@/components/ui/icons';
import type { FieldWiring } from '@/components/ui/field';
import { queries } from '@/lib/api/queries';
import type { Instrument } from '@/lib/api/types';
import { useIssueName } from '@/lib/i18n/use-issue-name';
import { SymbolSearch } from './symbol-search';

interface SymbolsFieldProps {
  value: string[];
  onChange: (symbols: string[]) => void;
  wiring: FieldWiring;
}

/** The most symbols one strategy may follow. */
export const MOST_SYMBOLS = 50;
/** The first page of the list has the names of all of the demo market. */
const LISTED = { page: 1, page_size: 200 };

/** Several instruments, each shown as a chip that can be taken away again. */
export function SymbolsField({ value, onChange, wiring }: SymbolsFieldProps) {
  const t = useTranslations('symbolSearch');
  const issueName = useIssueName();
  const listed = useQuery(queries.symbols(LISTED)).data?.items;
  const [picked, setPicked] = useState<Record<string, Instrument>>({});
  const label = (symbol: string) =>
    issueName(picked[symbol] ?? listed?.find((item) => item.symbol === symbol) ?? { symbol });
  const pick = (instrument: Instrument) => {
    setPicked((before) => ({ ...before, [instrument.symbol]: instrument }));
    if (!value.includes(instrument.symbol)) onChange([...value, instrument.symbol]);
  };
  return (
    <div className="flex flex-col gap-2">
      <SymbolSearch
        wiring={wiring}
        chosen={value}
        onPick={pick}
        disabled={value.length >= MOST_SYMBOLS}
      />
      {value.length > 0 && (
        <ul className="flex flex-wrap gap-1.5" data-testid="chosen-symbols">
          {value.map((symbol) => (
            <li
              key={symbol}
              className="flex h-8 items-center gap-1.5 rounded-lg border border-line bg-raised pr-1 pl-2.5 text-sm"
            >
              {label(symbol) !== symbol && <span className="font-medium">{label(symbol)}</span>}
              <span className="tabular text-xs text-ink-faint">{symbol}</span>
              <button
                type="button"
                aria-label={t('remove', { symbol: label(symbol) })}
                onClick={() => onChange(value.filter((other) => other !== symbol))}
                className="grid size-6 place-items-center rounded text-ink-faint hover:bg-line hover:text-ink"
              >
                <CloseIcon />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
