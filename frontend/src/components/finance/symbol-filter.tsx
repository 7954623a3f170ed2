import { useTranslations } from 'use-intl';
import { CloseIcon } from '@/components/ui/icons';
import { SymbolSearch } from './symbol-search';

interface SymbolFilterProps {
  value: string | undefined;
  /** What stands in the empty box; every symbol unless told otherwise. */
  placeholder?: string;
  onChange: (symbol: string | undefined) => void;
}

/** Narrows a list to one instrument; the chosen one can be let go again. */
export function SymbolFilter({ value, placeholder, onChange }: SymbolFilterProps) {
  const t = useTranslations('symbolSearch');
  if (value === undefined) {
    return (
      <SymbolSearch
        placeholder={placeholder ?? t('all')}
        onPick={(instrument) => onChange(instrument.symbol)}
      />
    );
  }
  return (
    <span className="flex h-10 items-center justify-between gap-2 rounded-lg border border-accent bg-accent-soft pr-1 pl-3">
      <span className="tabular truncate text-sm font-semibold text-accent">{value}</span>
      <button
        type="button"
        aria-label={t('remove', { symbol: value })}
        onClick={() => onChange(undefined)}
        className="grid size-8 place-items-center rounded text-accent hover:bg-surface"
      >
        <CloseIcon />
      </button>
    </span>
  );
}
