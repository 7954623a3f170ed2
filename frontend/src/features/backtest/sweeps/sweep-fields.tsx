import { useTranslations } from 'use-intl';
import { ChoiceSelect } from '@/components/ui/choice-select';
import { Field, Group, Input, Select, Textarea } from '@/components/ui/field';
import { IntegerInput } from '@/components/ui/integer-input';
import { Segmented } from '@/components/ui/segmented';
import { Switch } from '@/components/ui/switch';
import { GROUPS } from '@/features/backtest/figures/figures';
import { useFigureWords } from '@/features/backtest/figures/use-figure';
import { objectives, SEARCHES, usualDirection, type SweepValues } from './sweep-values';

interface FieldsProps {
  values: SweepValues;
  onChange: (part: Partial<SweepValues>) => void;
  /** Why a field was refused, by the server's name of it. */
  refused: (field: string) => string | undefined;
}

export function SearchFields({ values, onChange, refused }: FieldsProps) {
  const t = useTranslations('sweeps');
  return (
    <>
      <Group name={t('search')} hint={t(`searchHints.${values.search}`)}>
        <Segmented
          label={t('search')}
          value={values.search}
          onChange={(search) => onChange({ search })}
          options={SEARCHES.map((value) => ({ value, label: t(`searches.${value}`), testId: `search-${value}` }))}
        />
      </Group>
      {values.search !== 'grid' && (
        <div className="grid grid-cols-2 gap-4">
          <Field label={t('trials')} error={refused('search.trials')}>
            {(wiring) => (
              <IntegerInput {...wiring} value={values.trials} onChange={(trials) => onChange({ trials })} data-testid="search-trials" />
            )}
          </Field>
          <Field label={t('seed')} hint={t('seedHint')} error={refused('search.seed')}>
            {(wiring) => (
              <IntegerInput {...wiring} value={values.seed} onChange={(seed) => onChange({ seed })} data-testid="search-seed" />
            )}
          </Field>
        </div>
      )}
    </>
  );
}

export function ObjectiveFields({ values, onChange, refused, hasBenchmark }: FieldsProps & { hasBenchmark: boolean }) {
  const t = useTranslations('sweeps');
  const groups = useTranslations('figureGroups');
  const words = useFigureWords();
  const choices = objectives(hasBenchmark);
  return (
    <Field label={t('objective')} error={refused('objective.figure') ?? refused('objective')}>
      {(wiring) => (
        <div className="flex flex-wrap gap-2">
          <Select
            {...wiring}
            className="min-w-48 flex-1"
            value={values.figure}
            onChange={({ target }) => onChange({ figure: target.value, direction: usualDirection(target.value) })}
            data-testid="objective-figure"
          >
            {GROUPS.filter((group) => choices.some((key) => key.group === group)).map((group) => (
              <optgroup key={group} label={groups(group)}>
                {choices.filter((key) => key.group === group).map((key) => (
                  <option key={key.name} value={`${group}.${key.name}`}>
                    {words.title(key)}
                  </option>
                ))}
              </optgroup>
            ))}
          </Select>
          <div className="w-36">
            <ChoiceSelect
              label={t('direction')}
              value={values.direction}
              options={['maximize', 'minimize'] as const}
              text={(direction) => t(`directions.${direction}`)}
              onChange={(direction) => direction && onChange({ direction })}
              testId="objective-direction"
            />
          </div>
        </div>
      )}
    </Field>
  );
}

export function ConstraintField({ values, onChange, refused, example }: FieldsProps & { example: string }) {
  const t = useTranslations('sweeps');
  return (
    <Field label={t('constraints')} hint={t('constraintsHint', { example })} error={refused('constraints')}>
      {(wiring) => (
        <Textarea
          {...wiring}
          className="min-h-16 font-mono text-sm"
          value={values.constraints}
          placeholder={example}
          spellCheck={false}
          onChange={({ target }) => onChange({ constraints: target.value })}
          data-testid="sweep-constraints"
        />
      )}
    </Field>
  );
}

const WALK_PARTS = ['train_sessions', 'test_sessions', 'step_sessions', 'purge_sessions'] as const;

export function WalkForwardFields({ values, onChange, refused, folds }: FieldsProps & { folds: number }) {
  const t = useTranslations('sweeps');
  return (
    <div className="flex flex-col gap-3">
      <label className="flex items-center justify-between gap-3 text-sm">
        <span>
          <span className="block font-semibold text-ink-soft">{t('walkForward')}</span>
          <span className="block text-ink-faint">{t('walkForwardHint')}</span>
        </span>
        <Switch
          checked={values.walksForward}
          onCheckedChange={(walksForward) => onChange({ walksForward })}
          data-testid="walk-forward"
        />
      </label>
      {values.walksForward && (
        <>
          <div className="grid grid-cols-2 gap-4">
            {WALK_PARTS.map((part) => (
              <Field key={part} label={t(`walk.${part}`)} error={refused(`walk_forward.${part}`)}>
                {(wiring) => (
                  <IntegerInput
                    {...wiring}
                    value={values.walk[part]}
                    onChange={(sessions) => onChange({ walk: { ...values.walk, [part]: sessions } })}
                    data-testid={`walk-${part}`}
                  />
                )}
              </Field>
            ))}
          </div>
          <p className="tabular text-sm text-ink-faint">{t('aboutFolds', { count: folds })}</p>
        </>
      )}
    </div>
  );
}

export function NameField({ values, onChange, refused }: FieldsProps) {
  const t = useTranslations('sweeps');
  const common = useTranslations('common');
  return (
    <Field label={t('name')} optional={common('optional')} error={refused('name')}>
      {(wiring) => (
        <Input
          {...wiring}
          value={values.name}
          maxLength={100}
          onChange={({ target }) => onChange({ name: target.value })}
          data-testid="sweep-name"
        />
      )}
    </Field>
  );
}
