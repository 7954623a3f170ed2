import { useState, type FormEvent } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { IntegerInput } from '@/components/ui/integer-input';
import { useFormat } from '@/lib/format/use-format';
import type { LargeOrder } from './use-order-ticket';

interface LargeOrderDialogProps {
  large: LargeOrder;
  /** What the issue is called. */
  name: string;
  busy: boolean;
  /** Told the typed amount in won. */
  onConfirm: (amount: number) => void;
  onClose: () => void;
}

/** Lets a person say that an order far larger than usual is meant, by typing what it is worth. */
export function LargeOrderDialog({ large, name, busy, onConfirm, onClose }: LargeOrderDialogProps) {
  const t = useTranslations('trading.large');
  const sides = useTranslations('side');
  const format = useFormat();
  const [typed, setTyped] = useState(NaN);
  const [wrong, setWrong] = useState(false);
  const { values, worth, limit } = large;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed === worth) onConfirm(typed);
    else setWrong(true);
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t('title')} description={t('hint')}>
      <form noValidate onSubmit={submit} className="flex flex-col gap-4" data-testid="large-order">
        <dl className="tabular flex flex-col gap-1.5 rounded-lg bg-warn-soft px-3 py-2.5 text-sm">
          <Line name={t('order')} value={`${name} ${format.shares(values.quantity)} ${sides(values.side)}`} />
          <Line name={t('worth')} value={format.won(worth)} strong />
          <Line name={t('usual')} value={format.won(limit)} />
        </dl>
        <Field label={t('amount')} hint={t('amountHint', { amount: format.integer(worth) })} error={wrong ? t('differs') : undefined}>
          {(wiring) => (
            <IntegerInput
              {...wiring}
              value={typed}
              onChange={(value) => {
                setTyped(value);
                setWrong(false);
              }}
              className="tabular text-right"
              data-testid="large-order-amount"
            />
          )}
        </Field>
        <div className="flex justify-end gap-2">
          <Button variant="secondary" onClick={onClose} data-testid="large-order-cancel">
            {t('back')}
          </Button>
          <Button type="submit" variant={values.side === 'buy' ? 'up' : 'down'} busy={busy} data-testid="large-order-submit">
            {t('submit')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Line({ name, value, strong = false }: { name: string; value: string; strong?: boolean }) {
  return (
    <div className="flex justify-between gap-3">
      <dt className="shrink-0 text-ink-soft">{name}</dt>
      <dd className={strong ? 'text-right font-bold' : 'text-right'}>{value}</dd>
    </div>
  );
}
