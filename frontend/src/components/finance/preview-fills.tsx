import { useTranslations } from 'use-intl';
import { Fold } from '@/components/ui/fold';
import type { Interval, Preview, PreviewMarker } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { usePreferences } from '@/lib/preferences/store';
import { SideBadge } from './badges';
import { Change } from './change';

/** As many as one reads; the chart has them all. */
const MOST_LISTED = 200;

interface FillTextProps {
  fill: PreviewMarker;
  interval: Interval;
}

/** One fill: when, how much, at what price, and why. */
export function FillText({ fill, interval }: FillTextProps) {
  const format = useFormat();
  const locale = usePreferences((state) => state.locale);
  const instant = new Date(fill.time * 1000).toISOString();
  return (
    <span className="flex min-w-0 flex-col gap-0.5">
      <span className="tabular flex flex-wrap items-center gap-x-2 gap-y-0.5">
        <SideBadge side={fill.side} />
        <span>{interval === '1d' ? format.date(instant) : format.dateTime(instant)}</span>
        <span className="font-semibold">
          {format.won(fill.price)} × {format.shares(fill.quantity)}
        </span>
        {fill.realized_pnl !== null && <Change value={fill.realized_pnl} text={format.won(fill.realized_pnl, { signed: true })} />}
      </span>
      <span className="text-ink-soft">{fill.reason[locale]}</span>
    </span>
  );
}

interface PreviewFillsProps {
  picture: Preview;
  /** Brings a bar before the reader. */
  onFocus: (time: number) => void;
}

/** Every fill with its reason, newest first. */
export function PreviewFills({ picture, onFocus }: PreviewFillsProps) {
  const t = useTranslations('preview');
  const { markers, interval } = picture;
  if (markers.length === 0) {
    return picture.summary && <p className="px-4 py-3 text-sm text-ink-faint sm:px-5">{t('noFills')}</p>;
  }
  const newest = markers.slice(-MOST_LISTED).reverse();
  return (
    <div className="p-4 sm:px-5">
      <Fold title={t('fills', { count: markers.length })} summary={t('fillsHint')} testId="preview-fills">
        <ol className="-m-3 flex max-h-72 flex-col divide-y divide-line overflow-y-auto" aria-label={t('fillsLabel')} tabIndex={-1}>
          {newest.map((fill, place) => (
            <li key={place}>
              <button
                type="button"
                className="w-full px-3 py-2 text-left text-sm -outline-offset-2 hover:bg-raised"
                onClick={() => onFocus(fill.time)}
                data-testid="preview-fill"
              >
                <FillText fill={fill} interval={interval ?? '1d'} />
              </button>
            </li>
          ))}
        </ol>
      </Fold>
    </div>
  );
}
