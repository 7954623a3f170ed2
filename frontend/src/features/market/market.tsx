import { useTranslations } from 'use-intl';
import { Page } from '@/components/layout/page';
import { Segmented } from '@/components/ui/segmented';
import { useUrlState } from '@/lib/navigation';
import { Imports } from './imports';
import { SymbolTable } from './symbol-table';

const TABS = ['symbols', 'imports'] as const;
type Tab = (typeof TABS)[number];

export function Market() {
  const t = useTranslations('market');
  const url = useUrlState();
  const tab: Tab = url.get('tab') === 'imports' ? 'imports' : 'symbols';
  return (
    <Page title={t('title')} description={t('description')}>
      <Segmented
        className="self-start"
        label={t('title')}
        value={tab}
        onChange={(next: Tab) =>
          url.update({ tab: next, q: undefined, market: undefined, source: undefined })
        }
        options={TABS.map((value) => ({ value, label: t(`tabs.${value}`), testId: `market-${value}` }))}
      />
      {tab === 'symbols' ? <SymbolTable /> : <Imports />}
    </Page>
  );
}
