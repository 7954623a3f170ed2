import { useQuery } from '@tanstack/react-query';
import { FlaskConical, Pencil } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useStrategyParameters } from '@/components/finance/use-strategy-parameters';
import { Page } from '@/components/layout/page';
import { Button } from '@/components/ui/button';
import { Card, CardHeader } from '@/components/ui/card';
import { Pagination } from '@/components/ui/pagination';
import { QueryView } from '@/components/ui/query-view';
import { Skeleton } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { Page as ListPage, Strategy, StrategyVersion } from '@/lib/api/types';
import { Link, useIdParam, useUrlState } from '@/lib/navigation';
import { editHref } from '@/lib/navigation/strategies';
import { useCanWrite } from '@/lib/session/store';
import { useChangeText } from './use-change-text';
import { VersionDiff } from './version-diff';
import { VersionRow } from './version-row';

const PAGE_SIZE = 20;
const LOADING = <Skeleton className="h-96 rounded-xl" />;

/** What a strategy was at each save, and in what any two of them differ. */
export function StrategyVersions() {
  const t = useTranslations('versions');
  const strategies = useTranslations('strategies');
  const id = useIdParam();
  if (id === null) {
    return (
      <Page title={t('title')}>
        <p role="alert">{strategies('missing')}</p>
      </Page>
    );
  }
  return <Loaded id={id} />;
}

function Loaded({ id }: { id: number }) {
  const t = useTranslations('versions');
  const url = useUrlState();
  const strategy = useQuery(queries.strategy(id));
  const versions = useQuery(queries.strategyVersions(id, { page: url.page, page_size: PAGE_SIZE }));
  return (
    <Page
      title={strategy.data ? t('titleOf', { name: strategy.data.name }) : t('title')}
      description={strategy.data && <State strategy={strategy.data} />}
      actions={strategy.data && <PageActions strategy={strategy.data} />}
    >
      <QueryView query={strategy} loading={LOADING}>
        {(loaded) => (
          <QueryView query={versions} loading={LOADING}>
            {(page) => <ListAndDiff strategy={loaded} page={page} />}
          </QueryView>
        )}
      </QueryView>
    </Page>
  );
}

/** Which version trades, in a sentence. */
function State({ strategy: { active_version: active, version } }: { strategy: Strategy }) {
  const t = useTranslations('versions');
  if (active === null) return t('noneActive');
  return active === version ? t('newestActive', { number: active }) : t('olderActive', { number: active, newest: version });
}

function PageActions({ strategy }: { strategy: Strategy }) {
  const t = useTranslations('strategies');
  const canWrite = useCanWrite();
  return (
    <>
      <Button asChild variant="secondary">
        <Link href={`/backtest/?strategy=${strategy.id}`} prefetch={false}>
          <FlaskConical aria-hidden />
          {t('backtest')}
        </Link>
      </Button>
      <Button asChild>
        <Link href={editHref(strategy)} prefetch={false} data-testid="versions-edit">
          <Pencil aria-hidden />
          {t(canWrite ? 'edit' : 'view')}
        </Link>
      </Button>
    </>
  );
}

/** A version of this strategy, as the address names it. */
function readNumber(text: string | undefined, newest: number): number | undefined {
  const number = Number(text);
  return Number.isInteger(number) && number >= 1 && number <= newest ? number : undefined;
}

function ListAndDiff({ strategy, page }: { strategy: Strategy; page: ListPage<StrategyVersion> }) {
  const t = useTranslations('versions');
  const url = useUrlState();
  const newest = strategy.version;
  const to = readNumber(url.get('version'), newest) ?? newest;
  const from = readNumber(url.get('since'), newest) ?? Math.max(1, to - 1);
  const shown = page.items.find(({ number }) => number === to) ?? strategy;
  const changeText = useChangeText(useStrategyParameters(shown.strategy_type, shown.parameters));
  const choose = (since: number, version: number) => url.update({ since, version, page: url.page });
  const show = (number: number) => {
    choose(Math.max(1, number - 1), number);
    // On a phone the differences are below the list.
    document.getElementById('diff')?.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
  };
  return (
    <div className="grid items-start gap-5 lg:grid-cols-[minmax(20rem,1fr)_minmax(0,1.5fr)]">
      <Card>
        <CardHeader title={t('list')} hint={t('listHint')} />
        <ol className="divide-y divide-line border-t border-line">
          {page.items.map((version) => (
            <VersionRow
              key={version.number}
              strategy={strategy}
              version={version}
              before={page.items.find(({ number }) => number === version.number - 1)}
              isShown={version.number === to}
              changeText={changeText}
              onShow={() => show(version.number)}
            />
          ))}
        </ol>
        <Pagination page={page.page} pageSize={page.page_size} total={page.total} onChange={(next) => url.update({ page: next })} />
      </Card>
      <div className="min-w-0 lg:sticky lg:top-20">
        <VersionDiff id={strategy.id} newest={newest} from={from} to={to} onChoose={choose} changeText={changeText} />
      </div>
    </div>
  );
}
