import { useQuery } from '@tanstack/react-query';
import { Minus, Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import { Controller } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { StakeBadge } from '@/components/finance/account-badges';
import { useShownAccount } from '@/components/layout/use-shown-account';
import { Button } from '@/components/ui/button';
import { Card, CardBody } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { FormProblem } from '@/components/ui/form-problem';
import { IntegerInput } from '@/components/ui/integer-input';
import { Segmented } from '@/components/ui/segmented';
import { queries } from '@/lib/api/queries';
import type { AccountItem } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { useFormat } from '@/lib/format/use-format';
import { useAccountName } from '@/lib/i18n/use-account-name';
import { useIssueName } from '@/lib/i18n/use-issue-name';
import { useCanWrite } from '@/lib/session/store';
import { LargeOrderDialog } from './large-order-dialog';
import { mostShares, partOf, stepPrice, tickOf } from './ticket-math';
import { useOrderTicket, type TicketValues } from './use-order-ticket';

const PARTS = [10, 25, 50, 100];

interface OrderTicketProps {
  symbol: string;
  picked: { price: number; count: number };
}

export function OrderTicket({ symbol, picked }: OrderTicketProps) {
  const t = useTranslations();
  const format = useFormat();
  const issueName = useIssueName();
  const canWrite = useCanWrite();
  const { form, problem, place, submit, quote, large, setLarge } = useOrderTicket(symbol, picked);
  const { errors } = form.formState;
   
  const { side, order_type, price, quantity } = form.watch();
  const book = useQuery(queries.orderBook(symbol)).data;
  const balance = useQuery(queries.balance()).data;
  const holdings = useQuery(queries.holdings({ page: 1, page_size: 200 })).data;

  // A market buy is reckoned at the upper limit, as the exchange reserves it.
  const marketPrice = side === 'buy' ? quote?.upper_limit : quote?.price;
  const reckoned = (order_type === 'limit' ? price : marketPrice) || 0;
  const account = useShownAccount();
  const sellable = holdings?.items.find((held) => held.symbol === symbol)?.sellable_quantity ?? 0;
  const buyingPower = balance?.buying_power ?? 0;
  const most = mostShares({ side, price: reckoned, buyingPower, sellable });
  const move = (steps: number) =>
    form.setValue('price', stepPrice(price || quote?.price || 0, steps, tickOf(book)), {
      shouldDirty: true,
      shouldValidate: true,
    });
  const name = issueName(quote ?? { symbol });

  return (
    <Card data-testid="order-ticket">
      <form noValidate onSubmit={submit}>
        <SideTabs value={side} onChange={(next) => form.setValue('side', next)} />
        <CardBody className="flex flex-col gap-4 pt-4">
          <Segmented
            label={t('orders.type')}
            value={order_type}
            onChange={(next: TicketValues['order_type']) => form.setValue('order_type', next)}
            options={[
              { value: 'limit', label: t('orderType.limit'), testId: 'ticket-limit' },
              { value: 'market', label: t('orderType.market'), testId: 'ticket-market' },
            ]}
            className="w-full"
          />
          {order_type === 'limit' && (
            <Field label={t('orders.price')} error={errors.price?.message}>
              {(wiring) => (
                <div className="flex gap-1.5">
                  <Controller
                    control={form.control}
                    name="price"
                    render={({ field: { ref, ...field } }) => (
                      <IntegerInput
                        {...wiring}
                        {...field}
                        inputRef={ref}
                        className="tabular text-right"
                        data-testid="ticket-price"
                      />
                    )}
                  />
                  <Button
                    variant="secondary"
                    size="icon"
                    aria-label={t('trading.priceDown')}
                    onClick={() => move(-1)}
                  >
                    <Minus aria-hidden />
                  </Button>
                  <Button
                    variant="secondary"
                    size="icon"
                    aria-label={t('trading.priceUp')}
                    onClick={() => move(1)}
                  >
                    <Plus aria-hidden />
                  </Button>
                </div>
              )}
            </Field>
          )}
          <Field
            label={t('orders.quantity')}
            hint={t('trading.most', { quantity: format.shares(most) })}
            error={errors.quantity?.message}
          >
            {(wiring) => (
              <Controller
                control={form.control}
                name="quantity"
                render={({ field: { ref, ...field } }) => (
                  <IntegerInput
                    {...wiring}
                    {...field}
                    inputRef={ref}
                    className="tabular text-right"
                    data-testid="ticket-quantity"
                  />
                )}
              />
            )}
          </Field>
          <div className="grid grid-cols-4 gap-1.5">
            {PARTS.map((percent) => (
              <Button
                key={percent}
                variant="secondary"
                size="sm"
                className="px-0"
                onClick={() =>
                  form.setValue('quantity', partOf(most, percent), { shouldValidate: true })
                }
              >
                {percent === 100 ? t('trading.all') : format.percent(percent / 100, { digits: 0 })}
              </Button>
            ))}
          </div>
          <dl className="flex flex-col gap-1.5 rounded-lg bg-raised px-3 py-2.5 text-sm">
            {account && <Line name={t('trading.onAccount')} value={<AccountLine account={account} />} />}
            <Line name={t('account.buyingPower')} value={format.won(balance?.buying_power)} />
            <Line name={t('holdings.sellable')} value={format.shares(sellable)} />
            <Line
              name={t(order_type === 'limit' ? 'trading.amount' : 'trading.amountAtMost')}
              value={format.won(reckoned * (quantity || 0))}
              strong
            />
          </dl>
          <FormProblem text={problem.text} />
          <Button
            type="submit"
            size="lg"
            variant={side === 'buy' ? 'up' : 'down'}
            busy={place.isPending}
            disabled={!canWrite}
            data-testid="ticket-submit"
          >
            <span className="truncate">
              {t(side === 'buy' ? 'trading.buy' : 'trading.sell', { name })}
            </span>
          </Button>
          {!canWrite && <p className="text-sm text-ink-faint">{t('common.readOnly')}</p>}
        </CardBody>
      </form>
      {large && (
        <LargeOrderDialog
          large={large}
          name={name}
          busy={place.isPending}
          onConfirm={(confirmed) => place.mutate({ values: large.values, confirmed })}
          onClose={() => setLarge(null)}
        />
      )}
    </Card>
  );
}

function AccountLine({ account }: { account: AccountItem }) {
  const accountName = useAccountName();
  return (
    <span className="flex items-center gap-1.5 font-semibold">
      <span className="truncate">{accountName(account)}</span>
      <StakeBadge account={account} />
    </span>
  );
}

function Line({ name, value, strong }: { name: string; value: ReactNode; strong?: boolean }) {
  return (
    <div className="flex justify-between gap-3">
      <dt className="text-ink-faint">{name}</dt>
      <dd className={cn('tabular', strong && 'font-bold')}>{value}</dd>
    </div>
  );
}

interface SideTabsProps {
  value: TicketValues['side'];
  onChange: (side: TicketValues['side']) => void;
}

function SideTabs({ value, onChange }: SideTabsProps) {
  const t = useTranslations();
  return (
    <div role="radiogroup" aria-label={t('orders.side')} className="grid grid-cols-2">
      {(['buy', 'sell'] as const).map((side) => (
        <button
          key={side}
          type="button"
          role="radio"
          aria-checked={value === side}
          onClick={() => onChange(side)}
          data-testid={`ticket-${side}`}
          className={cn(
            'h-12 border-b-2 font-bold first:rounded-tl-xl last:rounded-tr-xl',
            value !== side && 'border-line bg-raised text-ink-faint',
            value === side && side === 'buy' && 'border-up text-up',
            value === side && side === 'sell' && 'border-down text-down',
          )}
        >
          {t(`side.${side}`)}
        </button>
      ))}
    </div>
  );
}
