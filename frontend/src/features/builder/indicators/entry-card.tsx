import { Copy, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Badge } from '@/components/ui/badge';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Field } from '@/components/ui/field';
import { wordOf } from '@/lib/i18n/word-of';
import { usePreferences } from '@/lib/preferences/store';
import { RowButton } from '@/features/builder/conditions/condition-row';
import { edited, setIn, withTwin } from '@/features/builder/document/edit';
import type { CandlestickEntry, IndicatorEntry } from '@/features/builder/document/model';
import { aliasesOf, freeName, usesOfAlias, withAlias, withoutEntry } from '@/features/builder/document/rules-edit';
import { CommitInput } from '@/features/builder/fields';
import { useBuilder } from '@/features/builder/state/context';
import type { EntryKind } from './new-entry';
import { SettingField } from './setting-field';

interface EntryCardProps {
  kind: EntryKind;
  place: number;
  entry: IndicatorEntry | CandlestickEntry;
}

/** An indicator or a pattern of the document: what it is called, how it is set, and who uses it. */
export function EntryCard({ kind, place, entry }: EntryCardProps) {
  const t = useTranslations('builder.indicators');
  const outputs = useTranslations('builder.outputs');
  const locale = usePreferences((state) => state.locale);
  const { rules, blocks, words, edit, disabled, findings } = useBuilder();
  const [isAsking, setAsking] = useState(false);
  const [isTaken, setTaken] = useState(false);
  const indicator = kind === 'indicators' ? blocks.indicators.find(({ id }) => id === entry.id) : undefined;
  const block = indicator ?? blocks.candlesticks.find(({ id }) => kind === 'candlesticks' && id === entry.id);
  const path = `strategy.${kind}[${place}]`;
  const name = 'params' in entry ? words.indicator(entry) : words.pattern(entry.alias);
  const uses = usesOfAlias(rules, entry.alias);
  const others = aliasesOf(rules).filter((alias) => alias !== entry.alias);
  const isWrong = findings.some((finding) => finding.severity === 'error' && finding.path.startsWith(path));

  const rename = (alias: string) => {
    const isFree = alias !== '' && !others.includes(alias) && !blocks.price_fields.some(({ id }) => id === alias);
    setTaken(!isFree);
    if (isFree) edit((text) => withAlias(text, kind, place, entry.alias, alias));
    return isFree;
  };
  const remove = () => edit((text) => withoutEntry(text, kind, place, entry.alias));
  const duplicate = () =>
    edit((text) =>
      edited(withTwin(text, ['strategy', kind], place), (yaml) =>
        setIn(yaml, ['strategy', kind, place + 1, 'alias'], freeName(aliasesOf(rules), entry.id)),
      ),
    );
  return (
    <li
      data-testid="entry-card"
      data-alias={entry.alias}
      data-path={path}
      className={isWrong ? 'rounded-lg border border-danger p-3' : 'rounded-lg border border-line p-3'}
    >
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <h3 className="flex flex-wrap items-center gap-x-2 gap-y-1 font-bold">
            {name}
            {!block && <Badge tone="danger">{t('unknown')}</Badge>}
            {block && !block.available && <Badge tone="danger">{t('unavailable')}</Badge>}
            <span className="text-xs font-normal text-ink-faint">{uses > 0 ? t('uses', { count: uses }) : t('unused')}</span>
          </h3>
          {block && <p className="mt-0.5 text-sm text-ink-faint">{block.description[locale]}</p>}
        </div>
        {kind === 'indicators' && (
          <RowButton label={t('duplicateLabel', { name })} disabled={disabled} onClick={duplicate} testId="entry-duplicate">
            <Copy aria-hidden />
          </RowButton>
        )}
        <RowButton label={t('removeLabel', { name })} disabled={disabled} onClick={() => (uses > 0 ? setAsking(true) : remove())} testId="entry-remove">
          <Trash2 aria-hidden />
        </RowButton>
      </div>
      <div className="mt-3 grid gap-3 min-[22rem]:grid-cols-2">
        {'params' in entry &&
          indicator?.parameters.map((setting) => (
            <SettingField
              key={setting.key}
              block={setting}
              given={entry.params[setting.key]}
              path={['strategy', kind, place, 'params', setting.key]}
              stem={`${entry.alias.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, '_')}_${setting.key}`}
            />
          ))}
        <Field label={t('alias')} error={isTaken ? t('aliasTaken') : undefined}>
          {(wiring) => <CommitInput {...wiring} value={entry.alias} onCommit={rename} data-testid="entry-alias" />}
        </Field>
      </div>
      {indicator && indicator.outputs.length > 1 && (
        <p className="mt-2 flex flex-wrap items-center gap-1.5 text-xs text-ink-faint">
          {t('outputs')}
          {indicator.outputs.map((output) => (
            <Badge key={output}>{wordOf(outputs, output)}</Badge>
          ))}
        </p>
      )}
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={t('removeTitle', { name })}
        description={t('removeText', { count: uses })}
        confirm={t('remove')}
        onConfirm={() => {
          setAsking(false);
          remove();
        }}
      />
    </li>
  );
}
