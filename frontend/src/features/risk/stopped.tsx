import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { PasswordDialog } from '@/components/finance/password-dialog';
import { Button } from '@/components/ui/button';
import { Card, CardHeader } from '@/components/ui/card';
import { queries } from '@/lib/api/queries';
import { risk } from '@/lib/api/risk';
import type { StoppedStrategy } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { useCanWrite } from '@/lib/session/store';

/** Strategies that the program stopped; nothing at all where there are none. */
export function Stopped() {
  const t = useTranslations('risk.stopped');
  const { data } = useQuery(queries.risk());
  if (!data || data.stopped.length === 0) return null;
  return (
    <Card data-testid="risk-stopped">
      <CardHeader title={t('title')} hint={t('hint')} />
      <ul className="divide-y divide-line border-t border-line">
        {data.stopped.map((strategy) => (
          <Row key={strategy.id} strategy={strategy} />
        ))}
      </ul>
    </Card>
  );
}

function Row({ strategy }: { strategy: StoppedStrategy }) {
  const t = useTranslations('risk.stopped');
  const format = useFormat();
  const client = useQueryClient();
  const canWrite = useCanWrite();
  const [asking, setAsking] = useState(false);
  const { id, name, reason, limit, observed, since } = strategy;
  const { queryKey } = queries.risk();
  const enable = async (values: { password: string; reason: string }) => {
    await risk.enableStrategy(id, values);
    await client.invalidateQueries({ queryKey });
  };
  return (
    <li className="flex flex-wrap items-center justify-between gap-3 px-4 py-3 sm:px-5" data-testid="stopped-row">
      <div className="min-w-0">
        <p className="font-semibold">{name}</p>
        <p className="tabular text-sm text-ink-soft">
          {t(`reasons.${reason}`, { limit, observed })} · {format.dateTime(since)}
        </p>
      </div>
      {canWrite && (
        <Button size="sm" onClick={() => setAsking(true)} data-testid="stopped-enable">
          {t('enable')}
        </Button>
      )}
      {asking && (
        <PasswordDialog
          title={t('enableTitle', { name })}
          description={t('enableHint')}
          confirm={t('enable')}
          run={enable}
          onClose={() => setAsking(false)}
          testId="enable"
        />
      )}
    </li>
  );
}
