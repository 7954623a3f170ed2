import { lazy, Suspense, useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { Card } from '@/components/ui/card';
import { Skeleton } from '@/components/ui/skeleton';
import { cn } from '@/lib/cn';
import { usePreferences } from '@/lib/preferences/store';
import { useBuilder } from '@/features/builder/state/context';

// The editor is as large as the rest of the page: it is fetched when it is first shown.
const YamlEditor = lazy(() => import('./yaml-editor'));

interface YamlPanelProps {
  readOnly: boolean;
  target: { line: number } | null;
  className?: string;
}

/** The document as its text. */
export function YamlPanel({ readOnly, target, className }: YamlPanelProps) {
  const t = useTranslations('builder.yaml');
  const locale = usePreferences((state) => state.locale);
  const { draft, change, findings } = useBuilder();
  const marks = useMemo(
    () => findings.map(({ line, severity, message }) => ({ line, severity, message: message[locale] })),
    [findings, locale],
  );
  return (
    <Card className={cn('flex min-h-0 flex-col overflow-hidden', className)} aria-label={t('label')}>
      <div className="flex items-baseline gap-2 px-4 py-2.5 sm:px-5">
        <h2 className="text-base font-bold">{t('title')}</h2>
        <p className="min-w-0 truncate text-sm text-ink-faint">{t('hint')}</p>
      </div>
      <div className="min-h-0 flex-1 border-t border-line">
        <Suspense fallback={<Skeleton className="m-4 h-40" />}>
          <YamlEditor
            value={draft.document}
            onChange={(document) => change((draft) => ({ ...draft, document }), 'text')}
            readOnly={readOnly}
            label={t('label')}
            marks={marks}
            target={target}
          />
        </Suspense>
      </div>
    </Card>
  );
}
