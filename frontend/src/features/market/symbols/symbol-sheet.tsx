import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Fact } from '@/components/ui/fact';
import { QueryView } from '@/components/ui/query-view';
import { Sheet } from '@/components/ui/sheet';
import { SkeletonRows } from '@/components/ui/skeleton';
import { stateTone, useMarketAndKind } from '@/features/market/issue-words';
import { isTraded } from '@/lib/api/market';
import { queries } from '@/lib/api/queries';
import type { Instrument } from '@/lib/api/types';
import { NOTHING } from '@/lib/format/format';
import { useFormat } from '@/lib/format/use-format';
import { useIssueName } from '@/lib/i18n/use-issue-name';
import { Link } from '@/lib/navigation';
import { HistoryFetch } from './history-fetch';
import { RecentTrades } from './recent-trades';

interface SymbolSheetProps {
  symbol: string;
  onClose: () => void;
}

/** Everything known of one issue, and where to go with it. */
export function SymbolSheet({ symbol, onClose }: SymbolSheetProps) {
  const t = useTranslations('market');
  const issueName = useIssueName();
  const query = useQuery(queries.symbol(symbol));
  return (
    <Sheet
      testId="symbol-sheet"
      onClose={onClose}
      title={issueName(query.data ?? { symbol })}
      description={symbol}
      footer={
        <>
          {query.data && <HistoryFetch instrument={query.data} />}
          <Button variant="secondary" asChild>
            <Link href={`/market/?tab=coverage&q=${symbol}`}>{t('toCoverage')}</Link>
          </Button>
          {query.data && isTraded(query.data) && (
            <Button asChild>
              <Link href={`/trading/?symbol=${symbol}`}>{t('toChart')}</Link>
            </Button>
          )}
        </>
      }
    >
      <QueryView query={query} loading={<SkeletonRows rows={8} />}>
        {(instrument) => (
          <div className="flex flex-col gap-5 px-4 py-4 sm:px-6">
            {instrument.is_assumed && (
              <p className="rounded-lg bg-warn-soft px-3 py-2 text-sm text-warn">{t('assumed')}</p>
            )}
            <States instrument={instrument} />
            <IssueFacts instrument={instrument} />
            <RecentTrades instrument={instrument} />
          </div>
        )}
      </QueryView>
    </Sheet>
  );
}

/** Each state with what it means for somebody who wants to trade. */
function States({ instrument }: { instrument: Instrument }) {
  const t = useTranslations('market');
  if (instrument.states.length === 0) return null;
  return (
    <ul className="flex flex-col gap-2">
      {instrument.states.map((state) => (
        <li key={state} className="flex items-start gap-2.5 text-sm">
          <Badge tone={stateTone(state)} data-testid="issue-state" data-state={state}>
            {t(`issueStates.${state}`)}
          </Badge>
          <span className="text-ink-soft">{t(`stateMeanings.${state}`)}</span>
        </li>
      ))}
    </ul>
  );
}

function IssueFacts({ instrument }: { instrument: Instrument }) {
  const t = useTranslations('market');
  const format = useFormat();
  const marketAndKind = useMarketAndKind();
  const { tax_class: taxClass } = instrument;
  const { security_group: group, share_kind: shareKind, section } = instrument;
  const groups = [group, shareKind, section].filter(Boolean);
  const historyText =
    instrument.daily_bars === 0
      ? t('noHistory')
      : `${format.date(instrument.daily_from)} – ${format.date(instrument.daily_to)}`;
  return (
    <dl>
      <Fact name={t('facts.names')}>
        {instrument.name_ko} · {instrument.name_en}
      </Fact>
      <Fact name={t('market')}>{marketAndKind(instrument)}</Fact>
      {groups.length > 0 && <Fact name={t('facts.group')}>{groups.join(' · ')}</Fact>}
      <Fact name={t('facts.isin')} testId="symbol-isin">
        {instrument.isin ?? NOTHING}
      </Fact>
      <Fact name={t('status')}>{t(`statuses.${instrument.status}`)}</Fact>
      <Fact name={t('facts.listedOn')}>{format.date(instrument.listed_on)}</Fact>
      {instrument.delisted_on && (
        <Fact name={t('facts.delistedOn')}>{format.date(instrument.delisted_on)}</Fact>
      )}
      <Fact name={t('facts.parValue')}>{format.won(instrument.par_value)}</Fact>
      <Fact name={t('facts.listedShares')}>{format.shares(instrument.listed_shares)}</Fact>
      {taxClass && (
        <Fact name={t('facts.taxClass')}>{t(`taxClasses.${taxClass}`)}</Fact>
      )}
      {instrument.limit_multiple !== 100 && (
        <Fact name={t('facts.limitMultiple')}>
          {t('facts.times', { times: instrument.limit_multiple / 100 })}
        </Fact>
      )}
      <Fact name={t('history')}>{historyText}</Fact>
      <Fact name={t('bars')}>{format.integer(instrument.daily_bars)}</Fact>
    </dl>
  );
}
