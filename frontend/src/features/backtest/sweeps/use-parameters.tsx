import { FlaskConical, Sparkles } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import type { ParameterMap, SweepDetail } from '@/lib/api/types';
import { Link } from '@/lib/navigation';
import { prefillHref } from '@/lib/parameters/prefill';
import { RULES } from '@/lib/parameters/schema';
import { handedOver } from './handed-over';
import { SaveAsStrategy } from './save-as-strategy';

interface UseParametersProps {
  sweep: Pick<SweepDetail, 'id' | 'name' | 'base'>;
  parameters: ParameterMap;
}

/** Takes what was found to the form of a backtest or of a strategy. */
export function UseParameters({ sweep, parameters }: UseParametersProps) {
  const t = useTranslations('sweeps');
  const { base } = sweep;
  const prefill = { type: base.strategy_type, parameters: handedOver(sweep, parameters), symbols: base.symbols };
  const run = { ...prefill, start: base.start_date, end: base.end_date, capital: base.initial_capital, sweep: sweep.id };
  const isDocument = base.strategy_type === RULES;
  return (
    <div className="flex flex-wrap gap-2">
      <Button asChild variant="secondary" size="sm">
        <Link href={prefillHref('/backtest/', run)} prefetch={false} data-testid="use-in-backtest">
          <FlaskConical aria-hidden />
          {t('useInBacktest')}
        </Link>
      </Button>
      {isDocument ? (
        <SaveAsStrategy sweep={sweep} parameters={parameters} />
      ) : (
        <Button asChild variant="secondary" size="sm">
          <Link href={prefillHref('/strategies/new/', prefill)} prefetch={false} data-testid="use-in-strategy">
            <Sparkles aria-hidden />
            {t('useInStrategy')}
          </Link>
        </Button>
      )}
    </div>
  );
}
