import { GitBranch, Plus } from 'lucide-react';
import { Fragment, useState } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Segmented } from '@/components/ui/segmented';
import { ConditionRow, type Wanted } from '@/features/builder/conditions/condition-row';
import { firstGuess } from '@/features/builder/conditions/new-series';
import { withMoved, withTwin, withValue } from '@/features/builder/document/edit';
import type { GroupName, Logic } from '@/features/builder/document/model';
import { conditionsOf, withCondition, withoutCondition } from '@/features/builder/document/rules-edit';
import { BlockPicker } from '@/features/builder/indicators/block-picker';
import { withNewEntry } from '@/features/builder/indicators/new-entry';
import { useBuilder } from '@/features/builder/state/context';

const LOGICS: Logic[] = ['AND', 'OR'];

/** When to buy, or when to sell. */
export function ConditionsStep({ group }: { group: GroupName }) {
  const t = useTranslations('builder.group');
  const { rules, blocks, edit, disabled } = useBuilder();
  const [wanted, setWanted] = useState<{ place: number | null; wanted: Wanted } | null>(null);
  const { logic, conditions } = rules[group];
  const path = conditionsOf(group);
  const add = () => edit((text) => withCondition(text, group, null, firstGuess(rules, blocks, group)));
  const addPattern = () => {
    const signal = group === 'entry' ? 'bullish' : 'bearish';
    const [first] = rules.candlesticks;
    if (first) edit((text) => withCondition(text, group, null, { kind: 'pattern', alias: first.alias, signal }));
    else setWanted({ place: null, wanted: { of: 'candlesticks', take: (alias) => ({ kind: 'pattern', alias, signal }) } });
  };
  const title = t(`${group}Title`);
  return (
    <Card data-path={`strategy.${group}`}>
      <CardHeader
        title={title}
        action={
          conditions.length > 1 && (
            <Segmented
              label={t('logic')}
              value={logic}
              onChange={(next: Logic) => edit((text) => withValue(text, ['strategy', group, 'logic'], next))}
              options={LOGICS.map((value) => ({ value, label: t(value), testId: `logic-${value}` }))}
            />
          )
        }
      />
      <CardBody className="flex flex-col gap-3">
        {conditions.length === 0 && (
          <EmptyState icon={GitBranch} title={t(group === 'entry' ? 'emptyEntry' : 'emptyExit')} text={t('emptyHint')} />
        )}
        {conditions.length > 0 && (
          <ol aria-label={t('list')} className="flex flex-col">
            {conditions.map((condition, place) => (
              <Fragment key={place}>
                {place > 0 && (
                  <li aria-hidden className="py-1 text-center text-xs font-bold text-accent">
                    {t(logic === 'AND' ? 'and' : 'or')}
                  </li>
                )}
                <li>
                  <ConditionRow
                    condition={condition}
                    group={group}
                    place={place}
                    count={conditions.length}
                    onChange={(next) => edit((text) => withCondition(text, group, place, next), `${group} ${place}`)}
                    onMove={(to) => edit((text) => withMoved(text, path, place, to))}
                    onDuplicate={() => edit((text) => withTwin(text, path, place))}
                    onRemove={() => edit((text) => withoutCondition(text, group, place))}
                    onWant={(next) => setWanted({ place, wanted: next })}
                  />
                </li>
              </Fragment>
            ))}
          </ol>
        )}
        <div className="flex flex-wrap gap-2">
          <Button variant="secondary" size="sm" onClick={add} disabled={disabled} data-testid="condition-add">
            <Plus aria-hidden />
            {t('add')}
          </Button>
          <Button variant="secondary" size="sm" onClick={addPattern} disabled={disabled} data-testid="condition-add-pattern">
            <Plus aria-hidden />
            {t('addPattern')}
          </Button>
        </div>
      </CardBody>
      {wanted && (
        <BlockPicker
          kind={wanted.wanted.of}
          onClose={() => setWanted(null)}
          onPick={(kind, id) => {
            edit((text) => {
              const { text: declared, alias } = withNewEntry(text, rules, blocks, kind, id);
              return withCondition(declared, group, wanted.place, wanted.wanted.take(alias));
            });
            setWanted(null);
          }}
        />
      )}
    </Card>
  );
}
