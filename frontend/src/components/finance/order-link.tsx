import { useTranslations } from 'use-intl';
import { useFormat } from '@/lib/format/use-format';
import { useOpenOrder } from '@/lib/navigation/open-order';

/** A time that opens the sheet of the order it belongs to. */
export function OrderLink({ id, at }: { id: number; at: string }) {
  const t = useTranslations('orders');
  const format = useFormat();
  const { open } = useOpenOrder();
  return (
    <button
      type="button"
      onClick={() => open(id)}
      className="tabular min-h-6 underline-offset-2 hover:underline"
      data-testid="order-link"
    >
      {format.dateTime(at)}
      <span className="sr-only"> {t('details', { id })}</span>
    </button>
  );
}
