import { useTranslations } from 'use-intl';
import type { Signal } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { usePreferences } from '@/lib/preferences/store';

/** Values that are ratios and read as per cent; the others are counts and prices. */
const RATIOS = new Set(['momentum', 'threshold']);

/** Why a strategy gave a signal; a reason new to this build is shown with its numbers. */
export function ReasonText({ reason }: { reason: Signal['reason'] }) {
  const t = useTranslations('reasons');
  const format = useFormat();
  const locale = usePreferences((state) => state.locale);
  if (reason.sentence) return reason.sentence[locale];
  const values = (reason.values ?? {}) as Record<string, number | string>;
  const code = reason.code as Parameters<typeof t.has>[0];
  const show = (name: string, value: number | string): string => {
    if (typeof value === 'string') return value;
    if (RATIOS.has(name)) return format.percent(value);
    return format.number(value, Number.isInteger(value) ? 0 : 4);
  };
  const shown = Object.entries(values).map(([name, value]) => [name, show(name, value)]);
  if (t.has(code)) return t(code, Object.fromEntries(shown) as never);
  return [reason.code, ...shown.map(([name, value]) => `${name} ${value}`)].join(' · ');
}
