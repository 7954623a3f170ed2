import { useQuery } from '@tanstack/react-query';
import { History } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { EmptyState } from '@/components/ui/empty-state';
import { Paged } from '@/components/ui/paged';
import { Sheet } from '@/components/ui/sheet';
import { queries } from '@/lib/api/queries';
import type { Limit } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { useUnitText } from '@/lib/i18n/use-unit-text';

/** Who changed a limit from what to what, newest first. */
export function LimitHistory({ limit, onClose }: { limit: Limit; onClose: () => void }) {
  const t = useTranslations('risk.history');
  const names = useTranslations('risk.limitNames');
  const format = useFormat();
  const unitText = useUnitText();
  const [page, setPage] = useState(1);
  const query = useQuery(queries.limitHistory(limit.name, { page, page_size: 20 }));
  return (
    <Sheet testId="limit-history-sheet" title={names(limit.name)} description={t('title')} onClose={onClose}>
      <Paged query={query} onPage={setPage} empty={<EmptyState icon={History} title={t('none')} text={t('noneHint')} />}>
        {(changes) => (
          <ol className="divide-y divide-line">
            {changes.map((change) => (
              <li key={change.id} className="px-4 py-3 text-sm sm:px-6">
                <p className="tabular font-semibold">
                  {unitText(change.old_value, limit.unit)} → {unitText(change.new_value, limit.unit)}
                </p>
                <p className="tabular text-ink-faint">
                  {t('by', { who: change.changed_by, when: format.dateTime(change.changed_at) })}
                </p>
                <p className="tabular text-ink-soft">
                  {change.withdrawn_at
                    ? t('withdrawn', { when: format.dateTime(change.withdrawn_at) })
                    : t('effective', { when: format.dateTime(change.effective_at) })}
                </p>
              </li>
            ))}
          </ol>
        )}
      </Paged>
    </Sheet>
  );
}
