import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Change, changeTone } from '@/components/finance/change';
import { Badge } from '@/components/ui/badge';
import { QueryView } from '@/components/ui/query-view';
import { Skeleton } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { Brake, Quote } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { useFormat } from '@/lib/format/use-format';
import { useIssueName } from '@/lib/i18n/use-issue-name';

export function QuoteHeader({ symbol }: { symbol: string }) {
  const query = useQuery(queries.quote(symbol));
  return (
    <div className="border-b border-line px-4 py-4 sm:px-5">
      <QueryView query={query} loading={<Skeleton className="h-14" />}>
        {(quote) => <QuoteFacts quote={quote} />}
      </QueryView>
    </div>
  );
}

function QuoteFacts({ quote }: { quote: Quote }) {
  const t = useTranslations('quote');
  const format = useFormat();
  const issueName = useIssueName();
  const signed = { signed: true };
  const facts = [
    { name: t('volume'), value: format.integer(quote.volume) },
    { name: t('upperLimit'), value: format.price(quote.upper_limit) },
    { name: t('lowerLimit'), value: format.price(quote.lower_limit) },
    { name: t('time'), value: format.time(quote.timestamp) },
  ];
  return (
    <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-3">
      {quote.brake && <BrakeNote brake={quote.brake} />}
      <div className="min-w-0">
        <p className="flex items-baseline gap-2">
          <span className="text-lg font-bold">{issueName(quote)}</span>
          <span className="tabular text-sm text-ink-faint">{quote.symbol}</span>
        </p>
        <p className="flex flex-wrap items-baseline gap-x-3">
          <span
            data-testid="quote-price"
            className={cn('tabular text-2xl font-extrabold', changeTone(quote.change))}
          >
            {format.won(quote.price)}
          </span>
          <Change
            value={quote.change}
            text={`${format.price(quote.change, signed)} (${format.percent(quote.change_rate, signed)})`}
          />
        </p>
      </div>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-1 text-sm sm:grid-cols-4">
        {facts.map(({ name, value }) => (
          <div key={name}>
            <dt className="text-xs text-ink-faint">{name}</dt>
            <dd className="tabular font-medium">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** What holds trading up, and what becomes of an order that is sent meanwhile. */
export function BrakeNote({ brake }: { brake: Brake }) {
  const names = useTranslations('brake.name');
  const sentences = useTranslations('brake.sentence');
  const stops = brake === 'market_halt' || brake === 'market_closed';
  return (
    <p
      role="status"
      data-testid="quote-brake"
      data-brake={brake}
      className="flex w-full flex-wrap items-center gap-x-2 gap-y-1 text-sm"
    >
      <Badge tone={stops ? 'danger' : 'warn'}>{names(brake)}</Badge>
      <span className="text-ink-soft">{sentences(brake)}</span>
    </p>
  );
}
