import { useTranslations } from 'use-intl';
import { Fold } from '@/components/ui/fold';
import { useFormat } from '@/lib/format/use-format';
import { wordOf } from '@/lib/i18n/word-of';
import { flattenInputs, lastPart, type Input } from './inputs';

/** What the risk gate saw when it decided, as a table. */
export function DecisionInputs({ inputs, code }: { inputs: Record<string, unknown>; code: string | null }) {
  const t = useTranslations('orderSheet.decision');
  const errors = useTranslations('errors');
  const names = useTranslations('orderSheet.inputs');
  const all = flattenInputs(inputs);
  const isKnown = ({ name }: Input) => names.has(lastPart(name) as never);
  const rows = all.filter(isKnown);
  const others = all.filter((row) => !isKnown(row));
  return (
    <div className="mt-1 flex flex-col gap-2">
      {code && <p className="text-sm text-ink-soft">{wordOf(errors, code)}</p>}
      {all.length > 0 && (
        <Fold title={t('inputs')} summary={t('inputsCount', { count: all.length })} testId="decision-inputs">
          <InputTable caption={t('inputs')} rows={rows} />
          {others.length > 0 && (
            <details>
              <summary className="cursor-pointer text-sm text-ink-faint">{t('others', { count: others.length })}</summary>
              <InputTable caption={t('others', { count: others.length })} rows={others} />
            </details>
          )}
        </Fold>
      )}
    </div>
  );
}

function InputTable({ caption, rows }: { caption: string; rows: Input[] }) {
  const names = useTranslations('orderSheet.inputs');
  const valueText = useValueText();
  return (
    <table className="w-full text-sm">
      <caption className="sr-only">{caption}</caption>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name} className="border-b border-line last:border-b-0">
            <th scope="row" className="py-1.5 pr-4 text-left font-normal text-ink-soft">
              {names.has(lastPart(row.name) as never) ? wordOf(names, lastPart(row.name)) : row.name}
            </th>
            <td className="tabular py-1.5 text-right font-medium">{valueText(row)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function useValueText(): (input: Input) => string {
  const t = useTranslations('orderSheet.decision');
  const words = useTranslations('orderSheet.inputWords');
  const format = useFormat();
  return ({ value }) => {
    if (value === null) return t('unknown');
    if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
    if (typeof value === 'number') return format.number(value, Number.isInteger(value) ? 0 : 4);
    return wordOf(words, value);
  };
}
