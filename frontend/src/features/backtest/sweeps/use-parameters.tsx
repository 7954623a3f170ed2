import { FlaskConical, Sparkles } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import type { ParameterMap, SweepDetail } from '@/lib/api/types';
import { Link } from '@/lib/navigation';
import type { ParameterValues } from '@/lib/parameters/schema';
import { prefillHref, type Prefill } from '@/lib/parameters/prefill';

interface UseParametersProps {
  sweep: Pick<SweepDetail, 'id' | 'base'>;
  parameters: ParameterMap;
}

/** Takes what was found to the form of a backtest or of a strategy. */
export function UseParameters({ sweep, parameters }: UseParametersProps) {
  const t = useTranslations('sweeps');
  const { base } = sweep;
  const prefill: Prefill = {
    type: base.strategy_type,
    parameters: { ...base.parameters, ...parameters } as ParameterValues,
    symbols: base.symbols,
  };
  const run = { ...prefill, start: base.start_date, end: base.end_date, capital: base.initial_capital, sweep: sweep.id };
  return (
    <div className="flex flex-wrap gap-2">
      <Button asChild variant="secondary" size="sm">
        <Link href={prefillHref('/backtest/', run)} prefetch={false} data-testid="use-in-backtest">
          <FlaskConical aria-hidden />
          {t('useInBacktest')}
        </Link>
      </Button>
      <Button asChild variant="secondary" size="sm">
        <Link href={prefillHref('/strategies/new/', prefill)} prefetch={false} data-testid="use-in-strategy">
          <Sparkles aria-hidden />
          {t('useInStrategy')}
        </Link>
      </Button>
    </div>
  );
}
