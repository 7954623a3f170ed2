import { lazy, Suspense } from 'react';
import { useOpenOrder } from '@/lib/navigation/open-order';

// Most visits open no order; what the sheet is made of is loaded with the first.
const OrderSheet = lazy(() => import('./order-sheet'));

/** Shows the order that the address names above any page. */
export function OrderSheetHost() {
  const { id, close } = useOpenOrder();
  if (id === null) return null;
  return (
    <Suspense>
      <OrderSheet key={id} id={id} onClose={close} />
    </Suspense>
  );
}
