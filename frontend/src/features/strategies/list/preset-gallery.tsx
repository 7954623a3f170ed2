import { useQuery } from '@tanstack/react-query';
import { ArrowRight } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { QueryView } from '@/components/ui/query-view';
import { Skeleton } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { StrategyType } from '@/lib/api/types';
import { Link } from '@/lib/navigation';
import { prefillHref } from '@/lib/parameters/prefill';
import { RULES, type ParameterValues } from '@/lib/parameters/schema';
import { usePreferences } from '@/lib/preferences/store';
import { useSummary } from './use-summary';

type Preset = StrategyType['presets'][number];

/** The presets of every kind; each opens the form of a new strategy that is filled in already. */
export function PresetGallery() {
  const t = useTranslations('strategies');
  const types = useQuery(queries.strategyTypes());
  return (
    <section className="flex flex-col gap-5" data-testid="preset-gallery">
      <h2 className="text-lg font-bold">{t('presets')}</h2>
      <QueryView query={types} loading={<Skeleton className="h-64 rounded-xl" />}>
        {(known) => known.map((type) => <TypePresets key={type.strategy_type} type={type} />)}
      </QueryView>
    </section>
  );
}

function TypePresets({ type }: { type: StrategyType }) {
  const locale = usePreferences((state) => state.locale);
  return (
    <section className="flex flex-col gap-3">
      <div>
        <h3 className="font-bold">{type.title[locale]}</h3>
        <p className="text-sm text-ink-faint">{type.description[locale]}</p>
      </div>
      <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
        {type.presets.map((preset) => (
          <li key={preset.name.en} className="min-w-0">
            <PresetCard type={type.strategy_type} preset={preset} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function PresetCard({ type, preset }: { type: string; preset: Preset }) {
  const locale = usePreferences((state) => state.locale);
  const summary = useSummary({ strategy_type: type, parameters: preset.parameters });
  return (
    <Link
      href={presetHref(type, preset, preset.name[locale])}
      prefetch={false}
      className="flex h-full items-center justify-between gap-3 rounded-xl border border-line bg-surface p-4 shadow-card hover:border-line-strong"
      data-testid="preset-card"
    >
      <span className="min-w-0">
        <span className="block font-semibold">{preset.name[locale]}</span>
        {summary.about && <span className="line-clamp-2 text-sm text-ink-soft">{summary.about}</span>}
        <span className="tabular line-clamp-2 text-sm text-ink-faint">{summary.settings}</span>
      </span>
      <ArrowRight aria-hidden className="size-4 shrink-0 text-ink-faint" />
    </Link>
  );
}

function presetHref(type: string, { name, parameters }: Preset, title: string): string {
  if (type === RULES) return `/strategies/build/?preset=${encodeURIComponent(name.en)}`;
  return prefillHref('/strategies/new/', { type, name: title, parameters: parameters as ParameterValues });
}
