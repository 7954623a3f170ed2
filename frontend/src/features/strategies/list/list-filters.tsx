import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { ChoiceSelect } from '@/components/ui/choice-select';
import { SearchField } from '@/components/ui/search-field';
import { Segmented } from '@/components/ui/segmented';
import { queries } from '@/lib/api/queries';
import { useUrlState } from '@/lib/navigation';
import { usePreferences } from '@/lib/preferences/store';
import { SORTS, STATES, type ListState } from './list-state';

/** Which strategies are listed, and in which order; kept in the address. */
export function ListFilters({ state }: { state: ListState }) {
  const t = useTranslations('strategies');
  const url = useUrlState();
  const locale = usePreferences((store) => store.locale);
  const { data: types = [] } = useQuery(queries.strategyTypes());
  return (
    <div className="flex flex-col gap-3 xl:flex-row xl:items-center">
      <Segmented
        label={t('filter')}
        value={state.state}
        onChange={(next) => url.update({ state: next === 'all' ? undefined : next })}
        options={STATES.map((value) => ({ value, label: t(`states.${value}`), testId: `strategies-${value}` }))}
      />
      <div className="grid flex-1 grid-cols-2 gap-3 max-sm:[&>:first-child]:col-span-2 sm:grid-cols-[minmax(0,1fr)_auto_auto]">
        <SearchField
          label={t('search')}
          value={state.search}
          onChange={(text) => url.update({ q: text })}
          testId="strategies-search"
        />
        <ChoiceSelect
          label={t('type')}
          all={t('allTypes')}
          value={state.type}
          options={types.map(({ strategy_type }) => strategy_type)}
          text={(name) => types.find(({ strategy_type }) => strategy_type === name)?.title[locale] ?? name}
          onChange={(type) => url.update({ type })}
          testId="strategies-type"
        />
        <ChoiceSelect
          label={t('sort')}
          value={state.sort}
          options={SORTS}
          text={(sort) => t(`sorts.${sort}`)}
          onChange={(sort) => url.update({ sort: sort === 'newest' ? undefined : sort })}
          testId="strategies-sort"
        />
      </div>
    </div>
  );
}
