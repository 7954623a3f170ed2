import { useTranslations } from 'use-intl';
import type { UniverseMarket } from '@/lib/api/types';
import { MARKETS } from './values';

interface MarketChoiceProps {
  value: UniverseMarket[];
  onChange: (markets: UniverseMarket[]) => void;
  error: string | undefined;
}

/** One or several markets. */
export function MarketChoice({ value, onChange, error }: MarketChoiceProps) {
  const t = useTranslations('market');
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1.5 text-sm font-semibold text-ink-soft">{t('market')}</legend>
      <div className="flex flex-wrap gap-2">
        {MARKETS.map((market) => (
          <label
            key={market}
            className="flex h-9 items-center gap-2 rounded-lg border border-line px-3 text-sm has-checked:border-accent has-checked:bg-accent-soft"
          >
            <input
              type="checkbox"
              className="size-4 accent-accent"
              checked={value.includes(market)}
              onChange={() =>
                onChange(MARKETS.filter((entry) => (entry === market ? !value.includes(market) : value.includes(entry))))
              }
              data-testid={`universe-market-${market}`}
            />
            {t(`markets.${market}`)}
          </label>
        ))}
      </div>
      {error && (
        <p role="alert" className="text-sm font-medium text-danger">
          {error}
        </p>
      )}
    </fieldset>
  );
}
