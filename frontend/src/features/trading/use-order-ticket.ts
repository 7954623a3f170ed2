import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useForm } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { z } from 'zod';
import { toast } from '@/components/ui/toast';
import { orders } from '@/lib/api/orders';
import { ApiProblem } from '@/lib/api/problem';
import { queries } from '@/lib/api/queries';
import type { Order, OrderRequest } from '@/lib/api/types';
import { useFormProblem } from '@/lib/forms/use-form-problem';
import { useIssueName } from '@/lib/i18n/use-issue-name';
import { useProblemText } from '@/lib/i18n/use-problem-text';

export interface TicketValues {
  side: OrderRequest['side'];
  order_type: OrderRequest['order_type'];
  quantity: number;
  price: number;
}

/** An order that the server holds to be far larger than usual, and takes once a person has typed what it is worth. */
export interface LargeOrder {
  values: TicketValues;
  /** Won. */
  worth: number;
  /** The most that passes without a word, won. */
  limit: number;
}

/** State, rules and sending of the order ticket for one instrument. */
export function useOrderTicket(symbol: string, picked: { price: number; count: number }) {
  const t = useTranslations();
  const issueName = useIssueName();
  const client = useQueryClient();
  const quote = useQuery(queries.quote(symbol)).data;
  const schema = useMemo(() => {
    const whole = (field: string) =>
      z
        .number({ error: t('validation.number', { field }) })
        .int(t('validation.integer', { field }))
        .positive(t('validation.positive', { field }));
    return z.discriminatedUnion('order_type', [
      z.object({
        side: z.enum(['buy', 'sell']),
        order_type: z.literal('limit'),
        quantity: whole(t('orders.quantity')),
        price: whole(t('orders.price')),
      }),
      z.object({
        side: z.enum(['buy', 'sell']),
        order_type: z.literal('market'),
        quantity: whole(t('orders.quantity')),
        price: z.number().or(z.nan()),
      }),
    ]);
  }, [t]);
  const form = useForm<TicketValues>({
    resolver: zodResolver(schema),
    defaultValues: { side: 'buy', order_type: 'limit', quantity: 1, price: NaN },
  });
  const problem = useFormProblem(form);
  const problemText = useProblemText();
  const { setValue, getFieldState } = form;

  // The ticket opens at the current price, and leaves it alone once somebody has set one.
  const price = quote?.price;
  const priced = useRef(false);
  useEffect(() => {
    if (price === undefined || priced.current || getFieldState('price').isDirty) return;
    priced.current = true;
    setValue('price', price);
  }, [price, setValue, getFieldState]);
  useEffect(() => {
    if (picked.count === 0) return;
    setValue('order_type', 'limit');
    setValue('price', picked.price, { shouldDirty: true, shouldValidate: true });
  }, [picked, setValue]);

  const [large, setLarge] = useState<LargeOrder | null>(null);
  // One key per ticket content: pressing twice, or again after a lost answer, is one order.
  const key = useRef<{ content: string; key: string } | null>(null);
  const place = useMutation({
    mutationFn: ({ values, confirmed }: { values: TicketValues; confirmed?: number }) => {
      const { side, order_type, quantity } = values;
      const body: OrderRequest = { symbol, side, order_type, quantity };
      if (order_type === 'limit') body.price = values.price;
      if (confirmed !== undefined) body.confirmed_amount = confirmed;
      const content = JSON.stringify(body);
      if (key.current?.content !== content) key.current = { content, key: crypto.randomUUID() };
      return placeUntilDecided(body, key.current.key);
    },
    onSuccess: (order) => {
      setLarge(null);
      // While nobody has decided on it, pressing again asks for the same order.
      if (order.state !== 'queued') key.current = null;
      toast.success(
        t('trading.placed', {
          side: t(`side.${order.side}`),
          name: issueName(order),
          quantity: order.quantity,
          state: t(`orderState.${order.state}`),
        }),
      );
      void client.invalidateQueries({ queryKey: ['orders'] });
      void client.invalidateQueries({ queryKey: ['account', 'balance'] });
    },
    onError: (error, { values }) => {
      // The server has decided: another attempt is another order.
      if (!isUndecided(error)) key.current = null;
      // The ticket goes with its account; that nothing was ordered must be seen all the same.
      if (error instanceof ApiProblem && error.code === 'ACCOUNT_SWITCHED') return void toast.error(problemText(error));
      const found = largeOrder(error, values);
      setLarge(found);
      if (!found) problem.show(error);
    },
  });
  const submit = form.handleSubmit((values) => {
    problem.clear();
    place.mutate({ values });
  });
  return { form, problem, place, submit, quote, large, setLarge };
}

/** How often an order that waits for its turn is asked after; the server waits a few seconds each time. */
const ASKS = 8;
const ASK_AFTER_MS = 500;

/** Places an order, and asks under the same key until it was decided about: what is refused must be seen in the ticket. */
async function placeUntilDecided(body: OrderRequest, key: string): Promise<Order> {
  let order = await orders.place(body, key);
  for (let asked = 0; order.state === 'queued' && asked < ASKS; asked += 1) {
    await new Promise((resolve) => setTimeout(resolve, ASK_AFTER_MS));
    order = await orders.place(body, key);
  }
  return order;
}

/** What is to be confirmed, if the order was refused for its size alone. */
function largeOrder(error: unknown, values: TicketValues): LargeOrder | null {
  if (!(error instanceof ApiProblem) || error.code !== 'FAT_FINGER' || error.limit === null || error.observed === null) return null;
  return { values, worth: Number(error.observed), limit: Number(error.limit) };
}

/** No answer, or none that tells whether the order was taken. */
function isUndecided(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 0 || error.status >= 500);
}
