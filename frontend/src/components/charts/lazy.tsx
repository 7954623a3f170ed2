import { lazy, Suspense, type ComponentProps } from 'react';
import { Skeleton } from '@/components/ui/skeleton';

// The chart library is a third of a page's script: it is fetched when a chart is first shown.
const Candles = lazy(() => import('./candle-chart'));
const Performance = lazy(() => import('./performance-chart'));
const Lines = lazy(() => import('./line-chart'));
const Preview = lazy(() => import('./preview-chart'));

export function CandleChart(props: ComponentProps<typeof Candles>) {
  return (
    <Suspense fallback={<Skeleton className="size-full" />}>
      <Candles {...props} />
    </Suspense>
  );
}

export function PerformanceChart(props: ComponentProps<typeof Performance>) {
  return (
    <Suspense fallback={<Skeleton className="size-full" />}>
      <Performance {...props} />
    </Suspense>
  );
}

export function LineChart(props: ComponentProps<typeof Lines>) {
  return (
    <Suspense fallback={<Skeleton className="size-full" />}>
      <Lines {...props} />
    </Suspense>
  );
}

export function PreviewChart(props: ComponentProps<typeof Preview>) {
  return (
    <Suspense fallback={<Skeleton className="size-full" />}>
      <Preview {...props} />
    </Suspense>
  );
}
