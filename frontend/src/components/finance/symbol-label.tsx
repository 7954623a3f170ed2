import { useIssueName, type NamedIssue } from '@/lib/i18n/use-issue-name';
import { Link } from '@/lib/navigation';

interface SymbolLabelProps {
  issue: NamedIssue;
  /** Leads to the trading page of the symbol. */
  linked?: boolean;
}

export function SymbolLabel({ issue, linked = true }: SymbolLabelProps) {
  const { symbol } = issue;
  const label = useIssueName()(issue);
  return (
    <span className="inline-flex min-w-0 flex-wrap items-baseline gap-x-1.5">
      {linked ? (
        <Link
          href={`/trading/?symbol=${symbol}`}
          prefetch={false}
          className="inline-block min-h-6 font-semibold underline-offset-2 hover:underline"
        >
          {label}
        </Link>
      ) : (
        <span className="font-semibold">{label}</span>
      )}
      {label !== symbol && <span className="tabular text-xs text-ink-faint">{symbol}</span>}
    </span>
  );
}
