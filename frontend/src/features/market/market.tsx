import { useTranslations } from 'use-intl';
import { Page } from '@/components/layout/page';
import { Segmented } from '@/components/ui/segmented';
import { useUrlState } from '@/lib/navigation';
import { Actions } from './actions/actions';
import { CoverageView } from './coverage/coverage-view';
import { ExportForm } from './export/export-form';
import { Imports } from './imports/imports';
import { Rules } from './rules/rules';
import { SymbolTable } from './symbols/symbol-table';

const VIEWS = {
  symbols: SymbolTable,
  imports: Imports,
  coverage: CoverageView,
  actions: Actions,
  export: ExportForm,
  rules: Rules,
} as const;
type Tab = keyof typeof VIEWS;
const TABS = Object.keys(VIEWS) as Tab[];

export function Market() {
  const t = useTranslations('market');
  const url = useUrlState();
  const tab = TABS.find((value) => value === url.get('tab')) ?? 'symbols';
  const View = VIEWS[tab];
  return (
    <Page title={t('title')} description={t(`descriptions.${tab}`)}>
      <Segmented
        className="self-start"
        label={t('title')}
        value={tab}
        onChange={(next: Tab) => url.reset({ tab: next })}
        options={TABS.map((value) => ({ value, label: t(`tabs.${value}`), testId: `market-${value}` }))}
      />
      <View />
    </Page>
  );
}
