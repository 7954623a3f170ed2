import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Badge, type Tone } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card, CardHeader } from '@/components/ui/card';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { SkeletonRows } from '@/components/ui/skeleton';
import { useFormat } from '@/lib/format/use-format';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { ClearDialog } from './clear-dialog';
import { HaltWords } from './halt-words';
import type { SwitchRow } from './switch-rows';
import { usePull } from './use-pull';

/** Every kill switch of the caller, pulled or not. */
export function Switches({ rows }: { rows: SwitchRow[] | undefined }) {
  const t = useTranslations('risk.switches');
  return (
    <Card>
      <CardHeader title={t('title')} hint={t('hint')} />
      {rows ? (
        <ul className="divide-y divide-line border-t border-line">
          {rows.map((row) => (
            <Row key={`${row.scope}-${row.id}`} row={row} />
          ))}
        </ul>
      ) : (
        <SkeletonRows rows={4} />
      )}
    </Card>
  );
}

const TONE: Record<SwitchRow['state'], Tone> = { active: 'good', reduce_only: 'warn', halted: 'danger' };

type Asking = 'halted' | 'reduce_only' | 'clear' | null;

function Row({ row }: { row: SwitchRow }) {
  const t = useTranslations('risk');
  const format = useFormat();
  const [asking, setAsking] = useState<Asking>(null);
  const close = () => setAsking(null);
  const title = row.name ?? t(`scopes.${row.scope}`);
  return (
    <li
      data-testid="switch-row"
      data-scope={row.scope}
      data-scope-id={row.id ?? ''}
      data-state={row.state}
      className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 sm:px-5"
    >
      <div className="min-w-0 flex-1 basis-60 break-words">
        <p className="flex flex-wrap items-center gap-2 font-semibold">
          {title}
          <Badge tone={TONE[row.state]}>{t(`states.${row.state}`)}</Badge>
        </p>
        <p className="text-sm text-ink-faint">
          {row.name && `${t(`scopes.${row.scope}`)} · `}
          {t(`covers.${row.scope}`)}
        </p>
        {row.state !== 'active' && (
          <div className="mt-1 text-sm" data-testid="switch-why">
            {/* The banner above tells how to clear what stops the account. */}
            <HaltWords reason={row.reason} by={row.by} brief={row.scope !== 'strategy'} />
            <p className="tabular mt-0.5 text-xs text-ink-faint">
              {t('since', { time: format.dateTime(row.since) })} · {row.by ?? t('byProgram')}
            </p>
          </div>
        )}
      </div>
      {row.mayChange && (
        <div className="flex flex-wrap gap-2">
          {row.state === 'active' && row.id !== null && (
            <Button variant="secondary" size="sm" onClick={() => setAsking('reduce_only')} aria-label={t('switches.reduceOf', { name: title })} data-testid="switch-reduce">
              {t('switches.reduce')}
            </Button>
          )}
          {row.state !== 'halted' && (
            <Button variant="danger-outline" size="sm" onClick={() => setAsking('halted')} aria-label={t('switches.haltOf', { name: title })} data-testid="switch-halt">
              {t('switches.halt')}
            </Button>
          )}
          {row.state !== 'active' && (
            <Button size="sm" onClick={() => setAsking('clear')} aria-label={t('switches.clearOf', { name: title })} data-testid="switch-clear">
              {t('switches.clear')}
            </Button>
          )}
        </div>
      )}
      {asking === 'clear' && <ClearDialog row={row} title={title} onClose={close} />}
      {(asking === 'halted' || asking === 'reduce_only') && <PullDialog row={row} title={title} state={asking} onClose={close} />}
    </li>
  );
}

function PullDialog({ row, title, state, onClose }: { row: SwitchRow; title: string; state: 'halted' | 'reduce_only'; onClose: () => void }) {
  const t = useTranslations('risk.switches');
  const problemText = useProblemText();
  const pull = usePull(row);
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={t(state === 'halted' ? 'haltTitle' : 'reduceTitle', { name: title })}
      description={t(state === 'halted' ? 'haltHint' : 'reduceHint')}
      confirm={t(state === 'halted' ? 'halt' : 'reduce')}
      busy={pull.isPending}
      problem={pull.isError ? problemText(pull.error) : null}
      onConfirm={() => pull.mutate(state, { onSuccess: onClose })}
      testId="switch-confirm"
    />
  );
}
