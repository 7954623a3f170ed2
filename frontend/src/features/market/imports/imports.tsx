import { useQuery } from '@tanstack/react-query';
import { FileUp } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Card, CardHeader } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Paged } from '@/components/ui/paged';
import { queries } from '@/lib/api/queries';
import type { Import } from '@/lib/api/types';
import { useUrlState } from '@/lib/navigation';
import { useCanWrite } from '@/lib/session/store';
import { BrokerFetch } from './broker-fetch';
import { ImportRow } from './import-row';
import { QuarantineSheet } from './quarantine-sheet';
import { UploadForm } from './upload-form';

const PAGE_SIZE = 20;

export function Imports() {
  const t = useTranslations('imports');
  const { page } = useUrlState();
  const canWrite = useCanWrite();
  const [shown, setShown] = useState<Import | null>(null);
  const query = useQuery(queries.imports({ page, page_size: PAGE_SIZE }));
  return (
    <div className="grid items-start gap-5 xl:grid-cols-[minmax(20rem,1fr)_minmax(0,1.6fr)]">
      {canWrite && (
        <div className="flex min-w-0 flex-col gap-5">
          <BrokerFetch />
          <UploadForm />
        </div>
      )}
      <Card>
        <CardHeader title={t('list')} />
        <Paged
          query={query}
          loadingRows={3}
          empty={<EmptyState icon={FileUp} title={t('empty')} text={t('emptyHint')} />}
        >
          {(items) => (
            <ul className="divide-y divide-line border-t border-line">
              {items.map((item) => (
                <ImportRow key={item.id} item={item} onQuarantine={() => setShown(item)} />
              ))}
            </ul>
          )}
        </Paged>
      </Card>
      {shown && <QuarantineSheet item={shown} onClose={() => setShown(null)} />}
    </div>
  );
}
