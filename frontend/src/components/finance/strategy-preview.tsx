import { CandlestickChart } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { PreviewChart } from '@/components/charts/lazy';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Skeleton } from '@/components/ui/skeleton';
import type { Preview } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { useIssueName } from '@/lib/i18n/use-issue-name';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { Link } from '@/lib/navigation';
import { usePreferences } from '@/lib/preferences/store';
import { PreviewControls } from './preview-controls';
import { PreviewSummary } from './preview-summary';
import { FillText, PreviewFills } from './preview-fills';
import { usePreview, type PreviewState, type PreviewSubject } from './use-preview';

/** What a strategy would have done with one issue, refreshed while the strategy is being changed. */
export function StrategyPreview(subject: PreviewSubject) {
  return <PreviewPanel preview={usePreview(subject)} />;
}

/** The same for a page that needs to know the answer too. */
export function PreviewPanel({ preview, className }: { preview: PreviewState; className?: string }) {
  const t = useTranslations('preview');
  const problemText = useProblemText();
  const { error, picture } = preview;
  return (
    <Card className={cn('flex flex-col', className)} data-testid="strategy-preview" data-behind={preview.isBehind} aria-label={t('title')}>
      <PreviewControls preview={preview} />
      {error ? <p role="alert" className="px-4 pb-2 text-sm text-danger sm:px-5">{problemText(error)}</p> : null}
      {picture ? <Picture preview={preview} picture={picture} /> : <Nothing preview={preview} />}
    </Card>
  );
}

function Picture({ preview, picture }: { preview: PreviewState; picture: Preview }) {
  const t = useTranslations('preview');
  const issueName = useIssueName();
  const locale = usePreferences((state) => state.locale);
  const [focus, setFocus] = useState<number | null>(null);
  const { answer, issue } = preview;
  const isOld = answer !== picture;
  const name = issue ? issueName(issue) : '';
  const notes = [
    isOld && answer && !answer.runs && t('old'),
    !isOld && picture.note?.[locale],
    !isOld && picture.undefined_bars > 0 && t('undefinedBars', { count: picture.undefined_bars, of: picture.bars }),
  ].filter((note): note is string => Boolean(note));
  return (
    <>
      <PreviewSummary picture={picture} isOld={isOld} />
      <div className={cn('shrink-0 px-2 transition-opacity sm:px-3', isOld && 'opacity-55')} style={{ height: heightOf(picture) }}>
        <PreviewChart
          // Another issue begins with another picture.
          key={preview.pictured}
          answer={picture}
          interval={picture.interval ?? '1d'}
          focus={focus}
          label={t('picture', { name, count: picture.markers.length })}
          describe={(fill) => <FillText fill={fill} interval={picture.interval ?? '1d'} />}
        />
      </div>
      {notes.map((note) => (
        <p key={note} role="status" className="mx-4 mt-2 rounded-lg bg-warn-soft px-3 py-2 text-sm text-warn sm:mx-5">
          {note}
        </p>
      ))}
      <PreviewFills picture={picture} onFocus={setFocus} />
    </>
  );
}

const BARS_HEIGHT = 280;
const PANE_HEIGHT = 96;

/** Room for the bars, and for every indicator with a scale of its own. */
function heightOf({ series }: Preview): number {
  const own = series.filter(({ pane }) => pane === 'own').map(({ alias }) => alias);
  return BARS_HEIGHT + PANE_HEIGHT * new Set(own).size;
}

/** Why there is no picture, and what to do. */
function Nothing({ preview: { answer, issue, isBehind, error } }: { preview: PreviewState }) {
  const t = useTranslations('preview');
  const locale = usePreferences((state) => state.locale);
  if (error) return null;
  if (!answer || (isBehind && answer.runs)) return <Skeleton className="mx-4 mb-4 h-80 sm:mx-5" />;
  if (!answer.runs) return <EmptyState icon={CandlestickChart} title={t('notYet')} text={t('notYetHint')} />;
  if (!issue) return <EmptyState icon={CandlestickChart} title={t('noIssue')} text={t('noIssueHint')} />;
  return (
    <EmptyState
      icon={CandlestickChart}
      title={t('noBars')}
      text={answer.note?.[locale] ?? t('noBarsHint')}
      action={
        <Button asChild variant="secondary" size="sm">
          <Link href="/market/?tab=imports">{t('import')}</Link>
        </Button>
      }
    />
  );
}
