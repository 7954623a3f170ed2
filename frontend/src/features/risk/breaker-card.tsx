import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { PasswordDialog } from '@/components/finance/password-dialog';
import { useShownAccount } from '@/components/layout/use-shown-account';
import { Badge, type Tone } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { QueryView } from '@/components/ui/query-view';
import { SkeletonRows } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import { risk } from '@/lib/api/risk';
import type { Breaker } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { useCanWrite } from '@/lib/session/store';
import { readHalt } from '@/lib/risk/halt-reason';
import { HaltWords } from './halt-words';

/** Whether the broker answers well enough for new orders. */
export function BreakerCard() {
  const t = useTranslations('risk.breaker');
  const account = useShownAccount();
  const query = useQuery({ ...queries.breaker(account?.id ?? 0), enabled: account !== undefined });
  return (
    <Card data-testid="breaker-card">
      <CardHeader title={t('title')} hint={t('hint')} action={query.data && <StateBadge state={query.data.state} />} />
      <CardBody>
        <QueryView query={query} loading={<SkeletonRows rows={1} />}>
          {(breaker) => <Condition breaker={breaker} />}
        </QueryView>
      </CardBody>
    </Card>
  );
}

const TONE: Record<Breaker['state'], Tone> = { closed: 'good', half_open: 'warn', open: 'danger' };

function StateBadge({ state }: { state: Breaker['state'] }) {
  const t = useTranslations('risk.breaker.states');
  return (
    <Badge tone={TONE[state]} data-testid="breaker-state" data-state={state}>
      {t(state)}
    </Badge>
  );
}

function Condition({ breaker }: { breaker: Breaker }) {
  const t = useTranslations('risk.breaker');
  const format = useFormat();
  const client = useQueryClient();
  const canWrite = useCanWrite();
  const [asking, setAsking] = useState(false);
  const { state, cause, needs_person: needsPerson } = breaker;
  if (cause === null) return <p className="text-sm text-ink-soft">{t('well')}</p>;
  const release = async (values: { password: string; reason: string }) => {
    const released = await risk.releaseBreaker(breaker.account_id, values);
    client.setQueryData(queries.breaker(breaker.account_id).queryKey, released);
  };
  return (
    <div className="flex flex-col items-start gap-2 text-sm">
      <p className="font-semibold">{t(`causes.${cause}`)}</p>
      {breaker.detail && <Detail detail={breaker.detail} />}
      <p className="tabular text-xs text-ink-faint">{t('since', { time: format.dateTime(breaker.since) })}</p>
      <p className="text-ink-soft">
        {needsPerson
          ? t('needsPerson')
          : state === 'half_open'
            ? t('trying')
            : t('triesAgain', { time: format.time(breaker.tries_again_at) })}
      </p>
      {needsPerson && canWrite && (
        <Button size="sm" onClick={() => setAsking(true)} data-testid="breaker-release">
          {t('release')}
        </Button>
      )}
      {asking && (
        <PasswordDialog
          title={t('releaseTitle')}
          description={t('releaseHint')}
          confirm={t('release')}
          run={release}
          onClose={() => setAsking(false)}
          testId="breaker"
        />
      )}
    </div>
  );
}

/** What was seen: in words where the program's sentence is known, else as the machinery said it. */
function Detail({ detail }: { detail: string }) {
  const t = useTranslations('risk.breaker');
  if (readHalt(detail)) return <HaltWords reason={detail} by={null} brief />;
  return <p className="text-xs break-words text-ink-faint">{t('detail', { detail })}</p>;
}
