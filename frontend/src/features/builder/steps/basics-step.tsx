import { Library } from 'lucide-react';
import type { Control, FieldErrors } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { ParameterFields } from '@/components/finance/parameter-fields';
import { SymbolsField } from '@/components/finance/symbols-field';
import { Button } from '@/components/ui/button';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { Field, Input } from '@/components/ui/field';
import type { Parameter } from '@/lib/parameters/schema';
import { withValue } from '@/features/builder/document/edit';
import { readRules } from '@/features/builder/document/read';
import { useBuilder } from '@/features/builder/state/context';
import { NAME_MAX } from '@/features/builder/state/use-save';
import type { Settings } from '@/features/builder/state/use-settings';
import { Summary } from './summary';

interface BasicsStepProps {
  parameters: Parameter[];
  control: Control<Settings>;
  errors: FieldErrors | undefined;
  /** What keeps name and issues from being saved, once that was tried. */
  refused: { name?: string; symbols?: string };
  onPresets: () => void;
}

/** What the strategy is called, what it watches, and what it does in words. */
export function BasicsStep({ parameters, control, errors, refused, onPresets }: BasicsStepProps) {
  const t = useTranslations();
  const { draft, rules, change, disabled } = useBuilder();
  const isBlank = rules.indicators.length + rules.candlesticks.length + rules.entry.conditions.length + rules.exit.conditions.length === 0;
  const rename = (name: string) =>
    change((draft) => {
      const reading = readRules(draft.document);
      // The document goes by the same name until it is given one of its own.
      const isFollowed = reading.ok && reading.rules.metadata.name === draft.name && name.trim() !== '';
      return { ...draft, name, document: isFollowed ? withValue(draft.document, ['metadata', 'name'], name) : draft.document };
    }, 'name');
  return (
    <>
      {isBlank && !disabled && (
        <Card className="flex flex-wrap items-center gap-3 border-accent/50 bg-accent-soft p-4 sm:px-5">
          <div className="min-w-0 flex-1 basis-56">
            <p className="font-bold">{t('builder.presets.empty')}</p>
            <p className="text-sm text-ink-soft">{t('builder.presets.emptyHint')}</p>
          </div>
          <Button variant="secondary" onClick={onPresets} data-testid="builder-start">
            <Library aria-hidden />
            {t('builder.presets.title')}
          </Button>
        </Card>
      )}
      <Card>
        <CardHeader title={t('builder.basics.title')} />
        <CardBody className="flex flex-col gap-4">
          <Field label={t('strategies.name')} error={refused.name}>
            {(wiring) => <Input {...wiring} maxLength={NAME_MAX} value={draft.name} onChange={({ target }) => rename(target.value)} data-testid="strategy-name" />}
          </Field>
          <Field label={t('strategies.symbols')} hint={t('strategies.symbolsHint')} error={refused.symbols}>
            {(wiring) => (
              <SymbolsField
                wiring={wiring}
                value={draft.symbols}
                onChange={(symbols) => change((draft) => ({ ...draft, symbols }))}
              />
            )}
          </Field>
          <div data-own-undo>
            <ParameterFields parameters={parameters} control={control} errors={errors} />
          </div>
        </CardBody>
      </Card>
      {!isBlank && <Summary />}
    </>
  );
}
