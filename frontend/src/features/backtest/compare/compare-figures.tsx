import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { PALETTE } from '@/components/charts/line-data';
import { Button } from '@/components/ui/button';
import { Card, CardHeader } from '@/components/ui/card';
import { CloseIcon } from '@/components/ui/icons';
import type { BacktestDetail } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { useMediaQuery } from '@/lib/hooks/use-media-query';
import { Link } from '@/lib/navigation';
import { useFigureRows, useSettingRows, type CompareRow } from './compare-rows';

interface CompareFiguresProps {
  runs: BacktestDetail[];
  onRemove: (id: number) => void;
}

/** What was set, and what came out, a run a column; the best of each figure is marked. */
export function CompareFigures({ runs, onRemove }: CompareFiguresProps) {
  const t = useTranslations('compare');
  const wide = useMediaQuery('(min-width: 768px)');
  const [all, setAll] = useState(false);
  const figures = useFigureRows(runs, all);
  const settings = useSettingRows(runs);
  const sections: [string, CompareRow[]][] = [[t('settings'), settings], ...figures];
  const Shown = wide ? Table : Cards;
  return (
    <Card>
      <CardHeader
        title={t('figures')}
        hint={t('figuresHint')}
        action={
          <Button variant="secondary" size="sm" onClick={() => setAll(!all)} data-testid="compare-all">
            {t(all ? 'fewer' : 'all')}
          </Button>
        }
      />
      <Shown runs={runs} sections={sections} onRemove={onRemove} />
    </Card>
  );
}

interface SectionsProps extends CompareFiguresProps {
  sections: [string, CompareRow[]][];
}

function Table({ runs, sections, onRemove }: SectionsProps) {
  const t = useTranslations('compare');
  return (
    <div className="relative overflow-x-auto">
      <table className="tabular w-full text-sm">
        <caption className="sr-only">{t('figures')}</caption>
        <thead>
          <tr className="border-y border-line bg-raised align-top">
            <td className="sticky left-0 z-10 min-w-36 bg-raised" />
            {runs.map((run, place) => (
              <th key={run.id} scope="col" className="min-w-36 px-3 py-2 last:pr-5">
                <RunName run={run} place={place} onRemove={onRemove} />
              </th>
            ))}
          </tr>
        </thead>
        {sections.map(([name, rows]) => (
          <tbody key={name}>
            <tr>
              <th
                scope="colgroup"
                colSpan={runs.length + 1}
                className="px-5 pt-4 pb-1.5 text-left text-xs font-bold text-ink-faint"
              >
                {name}
              </th>
            </tr>
            {rows.map((row) => (
              <tr
                key={row.id}
                className={cn('border-t border-line', row.same && 'text-ink-faint')}
                data-testid="compare-row"
                data-figure={row.id}
              >
                <th
                  scope="row"
                  title={row.about}
                  className="sticky left-0 z-10 bg-surface py-2 pr-3 pl-5 text-left font-medium text-ink-soft"
                >
                  {row.name}
                </th>
                {row.texts.map((text, place) => (
                  <td key={runs[place]?.id} className="px-3 py-2 text-right last:pr-5">
                    <Value text={text} best={row.best.includes(place)} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

/** The same on a phone: a figure a block, its runs below each other. */
function Cards({ runs, sections, onRemove }: SectionsProps) {
  return (
    <>
      <ul className="flex flex-col gap-1 border-t border-line px-4 py-3">
        {runs.map((run, place) => (
          <li key={run.id}>
            <RunName run={run} place={place} onRemove={onRemove} />
          </li>
        ))}
      </ul>
      {sections.map(([name, rows]) => (
        <section key={name}>
          <h3 className="border-t border-line bg-raised px-4 py-2 text-xs font-bold text-ink-faint">{name}</h3>
          <ul className="divide-y divide-line">
            {rows.map((row) => (
              <li
                key={row.id}
                className={cn('px-4 py-2.5 text-sm', row.same && 'text-ink-faint')}
                data-testid="compare-row"
                data-figure={row.id}
              >
                <p className="font-medium text-ink-soft">{row.name}</p>
                <ul className="tabular mt-1 flex flex-wrap gap-x-4 gap-y-1">
                  {row.texts.map((text, place) => (
                    <li key={runs[place]?.id} className="flex items-center gap-1.5">
                      <Dot place={place} />
                      <Value text={text} best={row.best.includes(place)} />
                    </li>
                  ))}
                </ul>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function Dot({ place }: { place: number }) {
  return (
    <span className="inline-flex items-center gap-1 text-xs text-ink-faint">
      <span aria-hidden className="size-2.5 shrink-0 rounded-full" style={{ background: PALETTE[place] }} />
      {place + 1}
    </span>
  );
}

interface RunNameProps {
  run: BacktestDetail;
  place: number;
  onRemove: (id: number) => void;
}

function RunName({ run, place, onRemove }: RunNameProps) {
  const t = useTranslations('compare');
  return (
    <span className="flex items-start gap-1.5 text-sm md:justify-end" data-testid="compare-run">
      <span className="mt-0.5">
        <Dot place={place} />
      </span>
      <Link
        href={`/backtest/result/?id=${run.id}`}
        prefetch={false}
        className="line-clamp-2 min-w-0 text-left font-semibold hover:underline"
      >
        {run.name}
      </Link>
      <button
        type="button"
        aria-label={t('remove', { name: run.name })}
        onClick={() => onRemove(run.id)}
        className="grid size-6 shrink-0 place-items-center rounded text-ink-faint hover:bg-line hover:text-ink"
      >
        <CloseIcon />
      </button>
    </span>
  );
}

function Value({ text, best }: { text: string; best: boolean }) {
  const t = useTranslations('compare');
  return (
    <span
      className={cn('inline-block', best && 'rounded bg-accent-soft px-1.5 font-bold text-accent')}
      data-best={best || undefined}
    >
      {text}
      {best && <span className="sr-only"> ({t('best')})</span>}
    </span>
  );
}
