import { Fragment, useState } from 'react';
import { useTranslations } from 'use-intl';
import { Segmented } from '@/components/ui/segmented';
import type { DocumentLine } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { useMediaQuery } from '@/lib/hooks/use-media-query';
import { isGap, pairsOf } from './line-pairs';

const VIEWS = ['unified', 'split'] as const;
type View = (typeof VIEWS)[number];

const SIGNS: Record<DocumentLine['kind'], string> = { same: ' ', added: '+', removed: '−' };
const TONES: Record<DocumentLine['kind'], string> = { same: '', added: 'bg-good-soft text-good', removed: 'bg-danger-soft text-danger' };

/** The lines of a document that changed, with a few around them. */
export function DocumentDiff({ lines }: { lines: DocumentLine[] }) {
  const t = useTranslations('versions');
  const wide = useMediaQuery('(min-width: 1024px)');
  const [view, setView] = useState<View>('unified');
  const added = lines.filter(({ kind }) => kind === 'added').length;
  const removed = lines.filter(({ kind }) => kind === 'removed').length;
  return (
    <section className="flex min-w-0 flex-col gap-2" data-testid="document-diff">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="text-sm font-bold">
          {t('document')} <span className="tabular font-medium text-ink-faint">{t('linesChanged', { added, removed })}</span>
        </h3>
        {wide && (
          <Segmented
            label={t('view')}
            value={view}
            onChange={setView}
            options={VIEWS.map((value) => ({ value, label: t(`views.${value}`), testId: `diff-${value}` }))}
          />
        )}
      </div>
      {/* What scrolls has to be reachable without a pointer. */}
      <div tabIndex={0} role="region" aria-label={t('document')} className="overflow-x-auto rounded-lg border border-line">
        <table className="w-full font-mono text-xs leading-5">
          <caption className="sr-only">{t('document')}</caption>
          <tbody>{wide && view === 'split' ? <Split lines={lines} /> : <Unified lines={lines} />}</tbody>
        </table>
      </div>
    </section>
  );
}

function Unified({ lines }: { lines: DocumentLine[] }) {
  return lines.map((line, place) => (
    <Fragment key={place}>
      {isGap(lines[place - 1], line) && <Gap columns={3} />}
      <tr className={TONES[line.kind]} data-kind={line.kind}>
        <LineNumber number={line.before_line} />
        <LineNumber number={line.after_line} />
        <Text line={line} />
      </tr>
    </Fragment>
  ));
}

function Split({ lines }: { lines: DocumentLine[] }) {
  const pairs = pairsOf(lines);
  return pairs.map(({ before, after }, place) => {
    const [previous, line] = [pairs[place - 1], before ?? after];
    return (
      <Fragment key={place}>
        {line && isGap(previous?.before ?? previous?.after ?? undefined, line) && <Gap columns={4} />}
        <tr>
          <LineNumber number={before?.before_line ?? null} tone={before && TONES[before.kind]} />
          <Text line={before} half />
          <LineNumber number={after?.after_line ?? null} tone={after && TONES[after.kind]} />
          <Text line={after} half />
        </tr>
      </Fragment>
    );
  });
}

function LineNumber({ number, tone }: { number: number | null; tone?: string | null }) {
  return <td className={cn('tabular w-10 border-r border-line px-2 text-right align-top whitespace-nowrap text-ink-faint select-none', tone)}>{number}</td>;
}

function Text({ line, half = false }: { line: DocumentLine | null; half?: boolean }) {
  const t = useTranslations('versions.kinds');
  if (!line) return <td className="w-1/2 bg-raised" />;
  return (
    <td className={cn('px-2 whitespace-pre', half && 'w-1/2', TONES[line.kind])}>
      <span aria-hidden className="mr-2 inline-block w-2 select-none">
        {SIGNS[line.kind]}
      </span>
      {line.kind !== 'same' && <span className="sr-only">{t(line.kind)} </span>}
      <span className={line.kind === 'same' ? 'text-ink-soft' : undefined}>{line.text}</span>
    </td>
  );
}

function Gap({ columns }: { columns: number }) {
  return (
    <tr aria-hidden className="bg-raised text-ink-faint">
      <td colSpan={columns} className="px-2 select-none">
        ⋯
      </td>
    </tr>
  );
}
