import { useQuery } from '@tanstack/react-query';
import { OctagonX } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Card } from '@/components/ui/card';
import { queries } from '@/lib/api/queries';

/** The halt that somebody put on the machine itself; nothing where there is none. */
export function KillFileNote() {
  const t = useTranslations('risk.killFile');
  const { data } = useQuery(queries.risk());
  if (!data || data.kill_file === null) return null;
  return (
    <Card className="flex items-start gap-3 border-danger/50 bg-danger-soft p-4 shadow-none sm:p-5" data-testid="risk-kill-file">
      <OctagonX aria-hidden className="mt-0.5 size-6 shrink-0 text-danger" />
      <div className="min-w-0">
        <p className="font-bold text-danger">{t('title')}</p>
        <p className="text-sm text-ink-soft">{t('hint')}</p>
        {data.kill_file && <p className="tabular mt-1 text-sm break-words whitespace-pre-line">{data.kill_file}</p>}
      </div>
    </Card>
  );
}
