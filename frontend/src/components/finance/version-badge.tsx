import { useTranslations } from 'use-intl';
import { Badge, type Tone } from '@/components/ui/badge';

/** The number of a strategy's version, such as `v3`. */
export function VersionBadge({ number, tone = 'neutral' }: { number: number; tone?: Tone }) {
  const t = useTranslations('versions');
  return (
    <Badge tone={tone} className="tabular" data-testid="version-badge" data-version={number}>
      <span aria-hidden>v{number}</span>
      <span className="sr-only">{t('number', { number })}</span>
    </Badge>
  );
}
