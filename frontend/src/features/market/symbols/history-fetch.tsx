import { Download } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { useRepair } from '@/features/market/coverage/use-repair';
import { isTraded } from '@/lib/api/market';
import type { Instrument } from '@/lib/api/types';
import { seoulDate } from '@/lib/format/format';
import { useCanWrite } from '@/lib/session/store';
import { useBrokerAccount } from './use-broker-account';

/** Years of daily bars that one click asks the broker for. */
const YEARS = 5;

interface HistoryFetchProps {
  instrument: Pick<Instrument, 'symbol' | 'kind' | 'is_demo'>;
}

/** Fills in the past of a listed issue from the broker; what is stored already is not asked for again. */
export function HistoryFetch({ instrument }: HistoryFetchProps) {
  const t = useTranslations('market');
  const account = useBrokerAccount();
  const canWrite = useCanWrite();
  const repair = useRepair();
  if (!account || !canWrite || instrument.is_demo || !isTraded(instrument)) return null;
  const fetch = () => {
    const now = new Date();
    const [from, to] = [seoulDate(now, { years: -YEARS }), seoulDate(now)];
    repair.mutate({ symbols: [instrument.symbol], interval: '1d', from, to });
  };
  return (
    <Button variant="secondary" busy={repair.isPending} onClick={fetch} data-testid="history-fetch">
      <Download aria-hidden />
      {t('fetchHistory', { years: YEARS })}
    </Button>
  );
}
