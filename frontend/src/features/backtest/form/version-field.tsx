import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { ChoiceSelect } from '@/components/ui/choice-select';
import { Field } from '@/components/ui/field';
import { queries } from '@/lib/api/queries';
import type { Strategy } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { useUrlState } from '@/lib/navigation';

/** The versions that can be chosen from at once. */
const SHOWN = { page: 1, page_size: 200 };

interface VersionFieldProps {
  strategy: Strategy;
  value: number | undefined;
}

/** Which version of a stored strategy is tested; the choice is kept in the address. */
export function VersionField({ strategy, value }: VersionFieldProps) {
  const t = useTranslations('backtestForm');
  const format = useFormat();
  const url = useUrlState();
  const { data } = useQuery(queries.strategyVersions(strategy.id, SHOWN));
  if (strategy.version === 1) return null;
  const saved = new Map(data?.items.map((version) => [version.number, version]));
  const numbers = Array.from({ length: strategy.version }, (_, place) => String(strategy.version - place));
  const text = (number: string) => {
    const version = saved.get(Number(number));
    const marks = [
      Number(number) === strategy.version && t('versionNewest'),
      version?.is_active && t('versionActive'),
      version && format.date(version.created_at),
    ].filter((mark) => mark !== false && mark !== undefined);
    return [`v${number}`, ...marks].join(' · ');
  };
  return (
    <Field label={t('version')} hint={t('versionHint')}>
      {() => (
        <ChoiceSelect
          label={t('version')}
          value={String(value ?? strategy.version)}
          options={numbers}
          text={text}
          onChange={(number) => url.update({ version: Number(number) === strategy.version ? undefined : number, page: url.page })}
          testId="backtest-version"
        />
      )}
    </Field>
  );
}
