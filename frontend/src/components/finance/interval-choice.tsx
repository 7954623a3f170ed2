import { useTranslations } from 'use-intl';
import { Segmented } from '@/components/ui/segmented';
import type { Interval } from '@/lib/api/types';

/** From the shortest bar to the longest. */
export const INTERVALS: Interval[] = ['1m', '5m', '1h', '1d'];

interface IntervalChoiceProps {
  value: Interval;
  options?: Interval[];
  onChange: (interval: Interval) => void;
  /** Each interval's test id is this with the interval behind it. */
  testId: string;
  className?: string;
}

/** How long a bar lasts. */
export function IntervalChoice(props: IntervalChoiceProps) {
  const { value, options = INTERVALS, onChange, testId, className } = props;
  const t = useTranslations('trading');
  return (
    <Segmented
      className={className}
      label={t('interval')}
      value={value}
      onChange={onChange}
      options={options.map((interval) => ({
        value: interval,
        label: t(`intervals.${interval}`),
        testId: `${testId}-${interval}`,
      }))}
    />
  );
}
