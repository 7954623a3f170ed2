import { useQuery } from '@tanstack/react-query';
import { ArrowRight, GitCompareArrows } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { ChoiceSelect } from '@/components/ui/choice-select';
import { EmptyState } from '@/components/ui/empty-state';
import { QueryView } from '@/components/ui/query-view';
import { SkeletonRows } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { StrategyChanges } from '@/lib/api/types';
import { DocumentDiff } from './document-diff';
import type { ChangeText, useChangeText } from './use-change-text';
import { spread } from './version-changes';

interface VersionDiffProps {
  id: number;
  newest: number;
  /** The versions held against each other. */
  from: number;
  to: number;
  onChoose: (from: number, to: number) => void;
  changeText: ReturnType<typeof useChangeText>;
}

/** In what any two versions differ. */
export function VersionDiff({ id, newest, from, to, onChoose, changeText }: VersionDiffProps) {
  const t = useTranslations('versions');
  const query = useQuery({ ...queries.strategyChanges(id, to, from), enabled: from !== to });
  const numbers = Array.from({ length: newest }, (_, place) => String(newest - place));
  const choice = (label: string, value: number, onChange: (number: number) => void, testId: string) => (
    <ChoiceSelect
      label={label}
      value={String(value)}
      options={numbers}
      text={(number) => t('number', { number: Number(number) })}
      onChange={(number) => onChange(Number(number))}
      testId={testId}
    />
  );
  return (
    <Card id="diff">
      <CardHeader title={t('diff')} hint={t('diffHint')} />
      <CardBody className="flex flex-col gap-4">
        <div className="flex items-center gap-2">
          {choice(t('from'), from, (next) => onChoose(next, to), 'diff-from')}
          <ArrowRight aria-hidden className="size-4 shrink-0 text-ink-faint" />
          {choice(t('to'), to, (next) => onChoose(from, next), 'diff-to')}
        </div>
        {from === to ? (
          <EmptyState icon={GitCompareArrows} title={t('sameVersion')} text={t('sameVersionHint')} />
        ) : (
          <QueryView query={query} loading={<SkeletonRows rows={3} />}>
            {(changes) => <Differences changes={changes} changeText={changeText} />}
          </QueryView>
        )}
      </CardBody>
    </Card>
  );
}

function Differences({ changes: { fields, document }, changeText }: { changes: StrategyChanges; changeText: VersionDiffProps['changeText'] }) {
  const t = useTranslations('versions');
  const texts = fields.flatMap(spread).map((change) => ({ field: change.field, ...changeText(change) }));
  if (texts.length === 0 && !document) return <EmptyState icon={GitCompareArrows} title={t('noDifference')} text={t('noDifferenceHint')} />;
  return (
    <div className="flex min-w-0 flex-col gap-5">
      {texts.length > 0 && (
        <dl className="divide-y divide-line rounded-lg border border-line">
          {texts.map(({ field, ...text }) => (
            <Difference key={field} field={field} text={text} />
          ))}
        </dl>
      )}
      {document && <DocumentDiff lines={document} />}
    </div>
  );
}

function Difference({ field, text: { name, before, after } }: { field: string; text: ChangeText }) {
  const t = useTranslations('versions');
  return (
    <div className="grid gap-x-4 gap-y-1 px-3 py-2.5 text-sm sm:grid-cols-[minmax(7rem,1fr)_2fr]" data-testid="diff-field" data-field={field}>
      <dt className="font-medium text-ink-soft">{name}</dt>
      <dd className="tabular flex flex-wrap items-center gap-x-2 gap-y-1">
        <del className="rounded bg-danger-soft px-1.5 text-danger no-underline">
          <span className="sr-only">{t('kinds.removed')} </span>
          {before}
        </del>
        <ArrowRight aria-hidden className="size-3.5 shrink-0 text-ink-faint" />
        <ins className="rounded bg-good-soft px-1.5 text-good no-underline">
          <span className="sr-only">{t('kinds.added')} </span>
          {after}
        </ins>
      </dd>
    </div>
  );
}
