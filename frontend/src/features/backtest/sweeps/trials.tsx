import { useQuery } from '@tanstack/react-query';
import { Grid3x3 } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Card, CardHeader } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { PagedTable } from '@/components/ui/paged';
import type { SweepDetail } from '@/lib/api/types';
import { queries } from '@/lib/api/queries';
import { useUrlState } from '@/lib/navigation';
import { useTrialColumns } from './trial-columns';
import { useObjective } from './use-objective';

const PAGE_SIZE = 50;

/** Every run of the search, the best first. */
export default function Trials({ sweep }: { sweep: SweepDetail }) {
  const t = useTranslations('sweeps');
  const url = useUrlState();
  const { maximize } = useObjective(sweep);
  const sort = url.get('sort') ?? (maximize ? '-objective' : 'objective');
  const query = useQuery(queries.trials(sweep.id, { page: url.page, page_size: PAGE_SIZE, sort }));
  const columns = useTrialColumns({ sweep, sort, onSort: (next) => url.update({ sort: next }) });
  return (
    <Card>
      <CardHeader title={t('tabs.trials')} hint={t('trialsHint')} />
      <PagedTable
        dense
        query={query}
        empty={<EmptyState icon={Grid3x3} title={t('noTrials')} text={t('noTrialsHint')} />}
        caption={t('tabs.trials')}
        columns={columns}
        rowKey={({ fold, number }) => `${fold}-${number}`}
        rowTestId="trial-row"
      />
    </Card>
  );
}
