import { Link2, Unlink2 } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Field, Select } from '@/components/ui/field';
import type { IndicatorParameterBlock } from '@/lib/api/types';
import { wordOf } from '@/lib/i18n/word-of';
import { usePreferences } from '@/lib/preferences/store';
import { RowButton } from '@/features/builder/conditions/condition-row';
import { setIn, edited, withValue, type Path } from '@/features/builder/document/edit';
import { freeName, PARAMETERS } from '@/features/builder/document/rules-edit';
import { NumberInput, Slider } from '@/features/builder/fields';
import { useBuilder } from '@/features/builder/state/context';

interface SettingFieldProps {
  block: IndicatorParameterBlock;
  /** What the document says; undefined where it says nothing. */
  given: unknown;
  path: Path;
  /** Name for a parameter that is made of this setting. */
  stem: string;
}

/** One setting of an indicator: a number, a word, or a parameter of the strategy. */
export function SettingField({ block, given, path, stem }: SettingFieldProps) {
  const t = useTranslations('builder.indicators');
  const choices = useTranslations('builder.words');
  const locale = usePreferences((state) => state.locale);
  const { rules, words, edit, draft, disabled } = useBuilder();
  const title = block.title[locale];
  const write = (value: unknown) => edit((text) => withValue(text, path, value), path.join('.'));

  if (block.kind === 'choice') {
    return (
      <Field label={title}>
        {(wiring) => (
          <Select {...wiring} value={String(given ?? block.default)} onChange={({ target }) => write(target.value)} data-testid={`setting-${block.key}`}>
            {block.choices.map((choice) => (
              <option key={choice} value={choice}>
                {wordOf(choices, choice)}
              </option>
            ))}
          </Select>
        )}
      </Field>
    );
  }
  const reference = typeof given === 'string' && given.startsWith('$') ? given.slice(1) : null;
  const isWhole = block.kind === 'integer';
  const makeParameter = () => {
    const name = freeName(rules.parameters.map((parameter) => parameter.name), stem, 2);
    const value = typeof given === 'number' ? given : Number(block.default);
    edit((text) =>
      edited(text, (yaml) => {
        setIn(yaml, [...PARAMETERS, name], {
          default: value,
          min: Math.min(block.usual_minimum ?? value, value),
          max: Math.max(block.usual_maximum ?? value, value),
          step: block.step ?? 1,
          type: isWhole ? 'int' : 'float',
        });
        setIn(yaml, path, `$${name}`);
      }),
    );
  };
  const makeFixed = () => {
    const parameter = rules.parameters.find(({ name }) => name === reference);
    write(draft.overrides[reference ?? ''] ?? parameter?.default ?? Number(block.default));
  };
  const value = typeof given === 'number' ? given : given === undefined ? Number(block.default) : null;
  return (
    <Field label={title}>
      {(wiring) =>
        reference !== null ? (
          <span className="flex items-center gap-1">
            <Select {...wiring} value={reference} onChange={({ target }) => write(`$${target.value}`)} data-testid={`setting-${block.key}`}>
              {[...new Set([...rules.parameters.map(({ name }) => name), reference])].map((name) => (
                <option key={name} value={name}>
                  {`$${name} (${words.right({ kind: 'parameter', name })})`}
                </option>
              ))}
            </Select>
            <RowButton label={t('unlinkLabel', { name: title })} disabled={disabled} onClick={makeFixed} testId={`setting-${block.key}-unlink`}>
              <Unlink2 aria-hidden />
            </RowButton>
          </span>
        ) : (
          <>
            <span className="flex items-center gap-1">
              <NumberInput
                {...wiring}
                value={value}
                min={block.minimum ?? undefined}
                max={block.maximum ?? undefined}
                step={isWhole ? 1 : 'any'}
                onChange={write}
                data-testid={`setting-${block.key}`}
              />
              <RowButton label={t('linkLabel', { name: title })} disabled={disabled} onClick={makeParameter} testId={`setting-${block.key}-link`}>
                <Link2 aria-hidden />
              </RowButton>
            </span>
            <Slider
              aria-label={title}
              min={block.usual_minimum ?? undefined}
              max={block.usual_maximum ?? undefined}
              step={block.step ?? 1}
              value={value ?? Number(block.default)}
              disabled={disabled}
              onChange={({ target }) => write(target.valueAsNumber)}
              data-testid={`slider-${block.key}`}
            />
          </>
        )
      }
    </Field>
  );
}
