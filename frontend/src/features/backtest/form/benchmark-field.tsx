import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { SymbolFilter } from '@/components/finance/symbol-filter';
import { Field, Select } from '@/components/ui/field';
import { INDICES } from './values';

interface BenchmarkFieldProps {
  value: string;
  onChange: (benchmark: string) => void;
  error: string | undefined;
}

const isIndex = (name: string) => INDICES.some((index) => index === name);

/** What the run is held against: an index, or any issue. */
export function BenchmarkField({ value, onChange, error }: BenchmarkFieldProps) {
  const t = useTranslations('backtestForm');
  const [wantsIssue, setWantsIssue] = useState(value !== '' && !isIndex(value));
  const choose = (choice: string) => {
    setWantsIssue(choice === 'issue');
    onChange(choice === 'issue' ? '' : choice);
  };
  return (
    <Field label={t('benchmark')} hint={t('benchmarkHint')} error={error}>
      {(wiring) => (
        <div className="flex flex-col gap-2">
          <Select
            {...wiring}
            value={wantsIssue ? 'issue' : value}
            onChange={({ target }) => choose(target.value)}
            data-testid="backtest-benchmark"
          >
            <option value="">{t('noBenchmark')}</option>
            {INDICES.map((index) => (
              <option key={index} value={index}>
                {t(`indices.${index}`)}
              </option>
            ))}
            <option value="issue">{t('benchmarkIssue')}</option>
          </Select>
          {wantsIssue && (
            <SymbolFilter
              value={value || undefined}
              placeholder={t('benchmarkSearch')}
              onChange={(symbol) => onChange(symbol ?? '')}
            />
          )}
        </div>
      )}
    </Field>
  );
}
