import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Card, CardHeader } from '@/components/ui/card';
import { QueryView } from '@/components/ui/query-view';
import { SkeletonRows } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { OrderBook } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { useFormat } from '@/lib/format/use-format';

interface OrderBookPanelProps {
  symbol: string;
  /** A price was chosen to trade at. */
  onPick: (price: number) => void;
}

export function OrderBookPanel({ symbol, onPick }: OrderBookPanelProps) {
  const t = useTranslations('orderBook');
  const query = useQuery(queries.orderBook(symbol));
  return (
    // On a phone the ticket comes first: it is what the page is for.
    <Card className="max-lg:order-last" data-testid="order-book">
      <CardHeader title={t('title')} hint={t('hint')} />
      <QueryView query={query} loading={<SkeletonRows rows={10} />}>
        {(book) => <Levels book={book} onPick={onPick} />}
      </QueryView>
    </Card>
  );
}

type Level = OrderBook['asks'][number];

const LEVELS_SHOWN = 10;

function Levels({ book, onPick }: { book: OrderBook; onPick: (price: number) => void }) {
  const t = useTranslations('orderBook');
  const format = useFormat();
  const asks = book.asks.slice(0, LEVELS_SHOWN);
  const bids = book.bids.slice(0, LEVELS_SHOWN);
  const deepest = Math.max(1, ...asks.concat(bids).map((level) => level.quantity));
  const total = (levels: Level[]) => levels.reduce((sum, level) => sum + level.quantity, 0);
  if (asks.length === 0 && bids.length === 0) {
    return <p className="px-5 pb-6 text-sm text-ink-faint">{t('empty')}</p>;
  }
  return (
    <div className="pb-2 text-sm">
      <div className="flex flex-col-reverse">
        {asks.map((level) => (
          <Row key={level.price} side="sell" level={level} deepest={deepest} onPick={onPick} />
        ))}
      </div>
      <div className="border-t border-line">
        {bids.map((level) => (
          <Row key={level.price} side="buy" level={level} deepest={deepest} onPick={onPick} />
        ))}
      </div>
      <p className="tabular flex justify-between border-t border-line px-4 pt-2 text-xs text-ink-faint sm:px-5">
        <span>{t('totalAsks', { quantity: format.integer(total(asks)) })}</span>
        <span>{t('totalBids', { quantity: format.integer(total(bids)) })}</span>
      </p>
    </div>
  );
}

interface RowProps {
  side: 'buy' | 'sell';
  level: Level;
  /** The largest quantity shown; bars are drawn against it. */
  deepest: number;
  onPick: (price: number) => void;
}

function Row({ side, level, deepest, onPick }: RowProps) {
  const t = useTranslations('orderBook');
  const format = useFormat();
  return (
    <button
      type="button"
      onClick={() => onPick(level.price)}
      className="relative grid h-7 w-full grid-cols-2 items-center px-4 hover:bg-raised sm:px-5"
    >
      <span
        aria-hidden
        style={{ width: `${(level.quantity / deepest) * 50}%` }}
        className={cn('absolute inset-y-0.5 right-0', side === 'sell' ? 'bg-down/12' : 'bg-up/12')}
      />
      <span
        className={cn('tabular text-left font-semibold', side === 'sell' ? 'text-down' : 'text-up')}
      >
        <span className="sr-only">{t(side === 'sell' ? 'ask' : 'bid')} </span>
        {format.price(level.price)}
      </span>
      <span className="tabular relative text-right">
        <span className="sr-only">{t('quantity')} </span>
        {format.integer(level.quantity)}
      </span>
    </button>
  );
}
