import { Input } from './field';

interface DateRangeProps {
  from: string | undefined;
  to: string | undefined;
  labels: { from: string; to: string };
  onChange: (change: { from?: string } | { to?: string }) => void;
  testId?: string;
}

/** Two days side by side; neither can pass the other. */
export function DateRange({ from, to, labels, onChange, testId }: DateRangeProps) {
  return (
    <div className="flex min-w-0 items-center gap-2">
      <Input
        type="date"
        aria-label={labels.from}
        value={from ?? ''}
        max={to}
        data-testid={testId && `${testId}-from`}
        onChange={(event) => onChange({ from: event.target.value || undefined })}
      />
      <span aria-hidden>–</span>
      <Input
        type="date"
        aria-label={labels.to}
        value={to ?? ''}
        min={from}
        data-testid={testId && `${testId}-to`}
        onChange={(event) => onChange({ to: event.target.value || undefined })}
      />
    </div>
  );
}
