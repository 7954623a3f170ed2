import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Page } from '@/components/layout/page';
import { Card } from '@/components/ui/card';
import { QueryView } from '@/components/ui/query-view';
import { Skeleton } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { Blocks, Strategy, StrategyType } from '@/lib/api/types';
import { BuilderWords } from '@/lib/i18n/builder-words';
import { useUrlState } from '@/lib/navigation';
import { RULES, type ParameterValues } from '@/lib/parameters/schema';
import { usePreferences } from '@/lib/preferences/store';
import { Builder } from './builder';
import { blankDocument, draftOf, draftOfPreset, draftOfStrategy, overridesIn, presetOf } from './state/start';

/** The strategy builder: a new strategy, `?preset=`, a copy by `?clone=`, or a stored one by `?id=`. */
export function BuilderPage() {
  return (
    <BuilderWords loading={<Loading />}>
      <Loaded />
    </BuilderWords>
  );
}

function Loaded() {
  const url = useUrlState();
  const stored = positive(url.get('id')) ?? positive(url.get('clone'));
  const types = useQuery(queries.strategyTypes());
  const blocks = useQuery(queries.strategyBlocks());
  return (
    <QueryView query={types} loading={<Loading />}>
      {(known) => (
        <QueryView query={blocks} loading={<Loading />}>
          {(parts) => {
            const type = known.find(({ strategy_type }) => strategy_type === RULES);
            if (!type) return null;
            // Another strategy is another page: nothing of the one before stays.
            return stored === null ? <Started key={url.get('preset') ?? ''} type={type} blocks={parts} strategy={null} /> : <Stored key={stored} id={stored} type={type} blocks={parts} />;
          }}
        </QueryView>
      )}
    </QueryView>
  );
}

function positive(text: string | undefined): number | null {
  const number = Number(text);
  return Number.isSafeInteger(number) && number > 0 ? number : null;
}

interface StoredProps {
  id: number;
  type: StrategyType;
  blocks: Blocks;
}

function Stored({ id, type, blocks }: StoredProps) {
  const query = useQuery(queries.strategy(id));
  return (
    <QueryView query={query} loading={<Loading />}>
      {(strategy) => <Started type={type} blocks={blocks} strategy={strategy} />}
    </QueryView>
  );
}

interface StartedProps {
  type: StrategyType;
  blocks: Blocks;
  strategy: Strategy | null;
}

/** What the builder starts with is settled once: a newer version on the server must not take work away. */
function Started({ type, blocks, strategy: newest }: StartedProps) {
  const [strategy] = useState(newest);
  const t = useTranslations('builder');
  const url = useUrlState();
  const locale = usePreferences((state) => state.locale);
  const [start] = useState(() => {
    const preset = presetOf(blocks, url.get('preset'));
    if (!strategy) return preset ? draftOfPreset(preset, locale) : draftOf(blankDocument(t('newName')), t('newName'));
    const draft = draftOfStrategy(strategy);
    const overrides = overridesIn(url.get('overrides'));
    if (!draft) return null;
    return { ...draft, ...(overrides && { overrides: { ...draft.overrides, ...overrides } }), ...(url.get('clone') && { name: t('copyOf', { name: draft.name }) }) };
  });
  if (!start) {
    return (
      <Page title={t('editTitle')}>
        <p role="alert">{t('notRules')}</p>
      </Page>
    );
  }
  const isCopy = url.get('clone') !== undefined;
  return <Builder type={type} blocks={blocks} strategy={isCopy ? null : strategy} start={start} settings={(strategy?.parameters ?? {}) as ParameterValues} />;
}

function Loading() {
  return (
    <div className="flex flex-col gap-5" aria-hidden>
      <Skeleton className="h-12 w-64" />
      <div className="grid gap-5 xl:grid-cols-2">
        <Card className="p-5">
          <Skeleton className="h-96" />
        </Card>
        <Card className="hidden p-5 xl:block">
          <Skeleton className="h-96" />
        </Card>
      </div>
    </div>
  );
}
