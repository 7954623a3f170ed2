import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { useForm } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { z } from 'zod';
import { toast } from '@/components/ui/toast';
import { orders } from '@/lib/api/orders';
import { ApiProblem } from '@/lib/api/problem';
import { queries } from '@/lib/api/queries';
import type { OrderRequest } from '@/lib/api/types';
import { useFormProblem } from '@/lib/forms/use-form-problem';
import { useIssueName } from '@/lib/i18n/use-issue-name';
import { useProblemText } from '@/lib/i18n/use-problem-text';

export interface TicketValues {
  side: OrderRequest['side'];
  order_type: OrderRequest['order_type'];
  quantity: number;
  price: number;
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

  // One key per ticket content: pressing twice, or again after a lost answer, is one order.
  const key = useRef<{ content: string; key: string } | null>(null);
  const place = useMutation({
    mutationFn: (values: TicketValues) => {
      const { side, order_type, quantity } = values;
      const body: OrderRequest = { symbol, side, order_type, quantity };
      if (order_type === 'limit') body.price = values.price;
      const content = JSON.stringify(body);
      if (key.current?.content !== content) key.current = { content, key: crypto.randomUUID() };
      return orders.place(body, key.current.key);
    },
    onSuccess: (order) => {
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
    onError: (error) => {
      // The server has decided: another attempt is another order.
      if (!isUndecided(error)) key.current = null;
      // The ticket goes with its account; that nothing was ordered must be seen all the same.
      if (error instanceof ApiProblem && error.code === 'ACCOUNT_SWITCHED') toast.error(problemText(error));
      else problem.show(error);
    },
  });
  const submit = form.handleSubmit((values) => {
    problem.clear();
    place.mutate(values);
  });
  return { form, problem, place, submit, quote };
}

/** No answer, or none that tells whether the order was taken. */
function isUndecided(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 0 || error.status >= 500);
}
