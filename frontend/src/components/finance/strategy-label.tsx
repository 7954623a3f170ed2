import { Link } from '@/lib/navigation';
import { versionsHref } from '@/lib/navigation/strategies';
import { VersionBadge } from './version-badge';

interface StrategyLabelProps {
  id: number | null;
  name: string | null;
  version: number | null;
}

/** The strategy behind a signal, an order or a run, and the version of it that decided. */
export function StrategyLabel({ id, name, version }: StrategyLabelProps) {
  const label = (
    <span className="inline-flex max-w-full min-w-0 items-center gap-1.5">
      <span className="truncate">{name}</span>
      {version !== null && <VersionBadge number={version} />}
    </span>
  );
  if (id === null || version === null) return label;
  return (
    <Link
      href={versionsHref(id, version)}
      prefetch={false}
      className="inline-flex max-w-full min-w-0 underline-offset-2 hover:underline"
      data-testid="strategy-version-link"
    >
      {label}
    </Link>
  );
}
