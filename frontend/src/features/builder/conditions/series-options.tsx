import { useTranslations } from 'use-intl';
import { usePreferences } from '@/lib/preferences/store';
import type { Series } from '@/features/builder/document/model';
import { useBuilder } from '@/features/builder/state/context';

/** A series as the value of an option. */
export const codeOf = ({ name, output }: Series) => JSON.stringify(output ? [name, output] : [name]);

export function seriesOf(code: string): Series {
  const [name = '', output = null] = JSON.parse(code) as string[];
  return { name, output };
}

/** The option that stands for a series: its output is named where the indicator has several. */
export function useSeriesCode(): (series: Series) => string {
  const { rules, blocks } = useBuilder();
  return ({ name, output }) => {
    const entry = rules.indicators.find(({ alias }) => alias === name);
    const block = blocks.indicators.find(({ id }) => id === entry?.id);
    if (!entry) return codeOf({ name: name === 'price' ? 'close' : name, output: null });
    if (!block || block.outputs.length < 2) return codeOf({ name, output: null });
    return codeOf({ name, output: output ?? block.default_output });
  };
}

/** Everything a side of a comparison can be, and what the document names although it is not there. */
export function SeriesOptions({ current }: { current: Series | null }) {
  const t = useTranslations('builder.condition');
  const locale = usePreferences((state) => state.locale);
  const { rules, blocks, words } = useBuilder();
  const isKnown =
    current === null ||
    current.name === 'price' ||
    blocks.price_fields.some(({ id }) => id === current.name) ||
    rules.indicators.some(({ alias }) => alias === current.name);
  return (
    <>
      {current && !isKnown && <option value={codeOf({ name: current.name, output: null })}>{t('undeclared', { name: current.name })}</option>}
      <optgroup label={t('prices')}>
        {blocks.price_fields.map(({ id, title }) => (
          <option key={id} value={codeOf({ name: id, output: null })}>
            {title[locale]}
          </option>
        ))}
      </optgroup>
      {rules.indicators.length > 0 && (
        <optgroup label={t('indicators')}>
          {rules.indicators.map((entry, place) => {
            const outputs = blocks.indicators.find(({ id }) => id === entry.id)?.outputs ?? [];
            const series: Series[] = outputs.length < 2 ? [{ name: entry.alias, output: null }] : outputs.map((output) => ({ name: entry.alias, output }));
            return series.map((one) => (
              <option key={`${place} ${codeOf(one)}`} value={codeOf(one)}>
                {words.series(one)}
              </option>
            ));
          })}
        </optgroup>
      )}
    </>
  );
}
