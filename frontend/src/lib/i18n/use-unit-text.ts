import { useCallback } from 'react';
import { useTranslations } from 'use-intl';
import { useFormat } from '@/lib/format/use-format';
import type { RiskUnit } from '@/lib/risk/units';

/** A value of the risk gate with its unit: `1,000,000원`, `3%`, `60초`. */
export function useUnitText(): (value: number, unit: RiskUnit) => string {
  const t = useTranslations('denial.units');
  const format = useFormat();
  return useCallback(
    (value, unit) => {
      switch (unit) {
        case 'won':
          return format.won(value);
        case 'shares':
          return format.shares(value);
        case 'basis_points':
          return format.percent(value / 10_000, { digits: value % 100 === 0 ? 0 : 2 });
        case 'milliseconds':
          return format.seconds(value);
        case 'seconds':
          return format.seconds(value * 1_000);
        case 'times':
        case 'count':
          return t(unit, { value: format.integer(value) });
      }
    },
    [t, format],
  );
}
