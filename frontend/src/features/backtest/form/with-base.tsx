import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { ChoiceSelect } from '@/components/ui/choice-select';
import { Field } from '@/components/ui/field';
import { Skeleton } from '@/components/ui/skeleton';
import type { StrategyType } from '@/lib/api/types';
import { useUrlState } from '@/lib/navigation';
import { readDocument } from '@/lib/parameters/schema';
import { usePreferences } from '@/lib/preferences/store';
import { useFormBase, type FormBase } from './document-base';
import type { BacktestFormValues, Source } from './values';

interface WithBaseProps {
  type: StrategyType;
  source: Source;
  given: Partial<BacktestFormValues>;
  /** The form that begins with it; `preset` chooses the document and is nothing for other kinds. */
  children: (base: FormBase & { preset: ReactNode; key: string }) => ReactNode;
}

/** Finds what a form begins with; the document of a kind that is one can be chosen among the presets. */
export function WithBase({ type, source, given, children }: WithBaseProps) {
  const t = useTranslations('backtestForm');
  const locale = usePreferences((state) => state.locale);
  const url = useUrlState();
  const document = readDocument(type.parameters_schema);
  const names = type.presets.map(({ name }) => name.en);
  const chosen = type.presets.find(({ name }) => name.en === url.get('preset')) ?? type.presets[0];
  const base = useFormBase(type, given, chosen);
  if (!base) return <Skeleton className="h-96" />;
  const isOpen = source.kind === 'type' && document !== null && given.parameters?.[document.name] === undefined && given.sweep_id === undefined;
  const preset = isOpen && (
    <Field label={t('documentPreset')} hint={t('documentPresetHint')}>
      {() => (
        <ChoiceSelect
          label={t('documentPreset')}
          value={chosen?.name.en}
          options={names}
          text={(option) => type.presets.find(({ name }) => name.en === option)?.name[locale] ?? option}
          onChange={(option) => url.update({ preset: option })}
          testId="backtest-preset"
        />
      )}
    </Field>
  );
  return children({ ...base, preset, key: `${JSON.stringify(source)}-${isOpen ? chosen?.name.en : ''}-${url.get('parameters')}` });
}
