import { Plus, Sigma } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { withValue } from '@/features/builder/document/edit';
import { freeName, PARAMETERS } from '@/features/builder/document/rules-edit';
import { BlockPicker } from '@/features/builder/indicators/block-picker';
import { EntryCard } from '@/features/builder/indicators/entry-card';
import { withNewEntry, type EntryKind } from '@/features/builder/indicators/new-entry';
import { ParameterCard } from '@/features/builder/indicators/parameter-card';
import { useBuilder } from '@/features/builder/state/context';

/** What conditions can speak of: indicators, patterns, and parameters. */
export function IndicatorsStep() {
  const t = useTranslations('builder');
  const { rules, blocks, edit, disabled } = useBuilder();
  const [picking, setPicking] = useState<EntryKind | null>(null);
  const { indicators, candlesticks, parameters } = rules;
  const add = (kind: EntryKind, id: string) => {
    edit((text) => withNewEntry(text, rules, blocks, kind, id).text);
    setPicking(null);
  };
  const addParameter = () =>
    edit((text) => withValue(text, [...PARAMETERS, freeName(parameters.map(({ name }) => name), 'parameter')], { default: 10, min: 1, max: 100, step: 1, type: 'int' }));
  return (
    <>
      <Card data-path="strategy.indicators">
        <CardHeader title={t('indicators.title')} hint={t('indicators.hint')} />
        <CardBody className="flex flex-col gap-3">
          {indicators.length + candlesticks.length === 0 ? (
            <EmptyState icon={Sigma} title={t('indicators.empty')} text={t('indicators.emptyHint')} />
          ) : (
            <ul className="flex flex-col gap-3">
              {indicators.map((entry, place) => (
                <EntryCard key={`indicator ${place}`} kind="indicators" place={place} entry={entry} />
              ))}
              {candlesticks.map((entry, place) => (
                <EntryCard key={`pattern ${place}`} kind="candlesticks" place={place} entry={entry} />
              ))}
            </ul>
          )}
          <div className="flex flex-wrap gap-2">
            <Button variant="secondary" size="sm" disabled={disabled} onClick={() => setPicking('indicators')} data-testid="indicator-add">
              <Plus aria-hidden />
              {t('indicators.add')}
            </Button>
            <Button variant="secondary" size="sm" disabled={disabled} onClick={() => setPicking('candlesticks')} data-testid="pattern-add">
              <Plus aria-hidden />
              {t('indicators.addPattern')}
            </Button>
          </div>
        </CardBody>
      </Card>
      <Card data-path="strategy.params">
        <CardHeader title={t('parameters.title')} hint={t('parameters.hint')} />
        <CardBody className="flex flex-col gap-3">
          {parameters.length > 0 && (
            <ul className="flex flex-col gap-3">
              {parameters.map((parameter, place) => (
                <ParameterCard key={place} parameter={parameter} />
              ))}
            </ul>
          )}
          <div>
            <Button variant="secondary" size="sm" disabled={disabled} onClick={addParameter} data-testid="parameter-add">
              <Plus aria-hidden />
              {t('parameters.add')}
            </Button>
          </div>
        </CardBody>
      </Card>
      {picking && <BlockPicker kind={picking} both onPick={add} onClose={() => setPicking(null)} />}
    </>
  );
}
