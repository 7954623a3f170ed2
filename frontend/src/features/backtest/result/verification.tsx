import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { StrategyLabel } from '@/components/finance/strategy-label';
import { useParameterText } from '@/components/finance/use-parameter-text';
import { useStrategyParameters } from '@/components/finance/use-strategy-parameters';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { Fact } from '@/components/ui/fact';
import { queries } from '@/lib/api/queries';
import type { BacktestDetail, StrategyType } from '@/lib/api/types';
import { rateText } from '@/lib/format/rate-text';
import { useFormat } from '@/lib/format/use-format';
import { wordOf } from '@/lib/i18n/word-of';
import { appliedParameters, flatValues, readDocument, valueAt, type ParameterValues } from '@/lib/parameters/schema';
import { usePreferences } from '@/lib/preferences/store';
import { RunTerms } from './run-terms';
import { Verdict } from './verdict';

const SHOWN_SYMBOLS = 20;

type Tested = BacktestDetail['strategies'][number];

/** What was asked for, what is needed to get the same result again, and whether that works. */
export default function Verification({ backtest }: { backtest: BacktestDetail }) {
  return (
    <>
      {backtest.status === 'done' && <Verdict backtest={backtest} />}
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <Settings backtest={backtest} />
        {backtest.manifest && <Manifest manifest={backtest.manifest} />}
      </div>
    </>
  );
}

function Settings({ backtest }: { backtest: BacktestDetail }) {
  const t = useTranslations('backtest');
  const locale = usePreferences((state) => state.locale);
  const { data: types } = useQuery(queries.strategyTypes());
  const titleOf = (kind: string) => types?.find((entry) => entry.strategy_type === kind)?.title[locale] ?? kind;
  const [first, ...others] = backtest.strategies;
  return (
    <Card>
      <CardHeader
        title={t('settings')}
        hint={others.length === 0 && first && titleOf(first.strategy_type)}
        action={others.length === 0 && first && <Stored strategy={first} />}
      />
      <CardBody className="flex flex-col gap-4">
        {backtest.strategies.map((strategy) => (
          <section key={strategy.number} data-testid="run-strategy">
            {others.length > 0 && (
              <h3 className="mb-2 flex flex-wrap items-center gap-1.5 text-sm font-bold">
                {strategy.number}. <Stored strategy={strategy} />
                <span className="font-medium text-ink-faint">{titleOf(strategy.strategy_type)}</span>
              </h3>
            )}
            <Symbols symbols={strategy.symbols} />
            <Parameters strategy={strategy} type={types?.find(({ strategy_type }) => strategy_type === strategy.strategy_type)} />
          </section>
        ))}
        <dl>
          <RunTerms run={backtest} />
        </dl>
      </CardBody>
    </Card>
  );
}

/** The stored strategy that was tested, and which version of it. */
function Stored({ strategy: { strategy_id, strategy_version, name } }: { strategy: Tested }) {
  if (strategy_id === null) return null;
  return <StrategyLabel id={strategy_id} name={name} version={strategy_version} />;
}

/** The parameters of one strategy; a document as it is written, and what its kind does not know any more by bare names. */
function Parameters({ strategy: { strategy_type, parameters: values }, type }: { strategy: Tested; type: StrategyType | undefined }) {
  const locale = usePreferences((state) => state.locale);
  const parameters = useStrategyParameters(strategy_type, values);
  const document = readDocument(type?.parameters_schema);
  const text = useParameterText();
  const known = new Set(parameters.map(({ name }) => name));
  const unknown = flatValues(values as ParameterValues).filter(([name]) => !known.has(name) && name !== document?.name);
  return (
    <>
      <dl>
        {appliedParameters(parameters, values).map((parameter) => (
          <Fact key={parameter.name} name={parameter.title[locale]}>
            {text(parameter, valueAt(values, parameter.name) ?? parameter.default)}
          </Fact>
        ))}
        {unknown.map(([name, value]) => (
          <Fact key={name} name={name}>
            {String(value)}
          </Fact>
        ))}
      </dl>
      {document && (
        <pre tabIndex={0} role="region" aria-label={document.title[locale]} className="mt-3 max-h-96 overflow-auto rounded-lg bg-raised p-3 text-xs">
          {String(values[document.name])}
        </pre>
      )}
    </>
  );
}

/** The first issues of a long list; the others when they are asked for. */
function Symbols({ symbols }: { symbols: string[] }) {
  const t = useTranslations('backtest');
  const [isOpen, setOpen] = useState(false);
  if (symbols.length === 0) return null;
  const hidden = isOpen ? 0 : Math.max(0, symbols.length - SHOWN_SYMBOLS);
  return (
    <ul className="mb-3 flex flex-wrap items-center gap-1.5">
      {symbols.slice(0, symbols.length - hidden).map((symbol) => (
        <li key={symbol}>
          <Badge className="tabular">{symbol}</Badge>
        </li>
      ))}
      {hidden > 0 && (
        <li>
          <Button variant="ghost" size="sm" onClick={() => setOpen(true)}>
            {t('moreSymbols', { count: hidden })}
          </Button>
        </li>
      )}
    </ul>
  );
}

function Manifest({ manifest }: { manifest: NonNullable<BacktestDetail['manifest']> }) {
  const t = useTranslations('manifest');
  const notes = useTranslations('manifest.noteCodes');
  const plans = useTranslations('rules.plans');
  const { commission } = manifest;
  const undefinedBars = manifest.undefined_bars.reduce((sum, { bars }) => sum + bars, 0);
  const noteText = (code: string) => {
    if (code === 'undefined_values') return notes(code, { count: undefinedBars });
    if (code === 'fundamentals_missing') return notes(code, { count: manifest.issues_without_fundamentals });
    return wordOf(notes, code);
  };
  const format = useFormat();
  return (
    <Card>
      <CardHeader title={t('title')} hint={t('hint')} />
      <CardBody>
        <dl>
          <Fact name={t('result')}>
            <code className="text-xs break-all" data-testid="result-fingerprint">
              {manifest.result_fingerprint}
            </code>
          </Fact>
          <Fact name={t('data')}>
            <code className="text-xs break-all">{manifest.data_fingerprint}</code>
          </Fact>
          {manifest.universe_fingerprint && (
            <Fact name={t('universe')} testId="universe-fingerprint">
              <code className="text-xs break-all">{manifest.universe_fingerprint}</code>
            </Fact>
          )}
          <Fact name={t('code')}>{manifest.code_version}</Fact>
          <Fact name={t('rules')}>{manifest.rules_version}</Fact>
          <Fact name={t('commission')} testId="manifest-commission">
            {commission.plan
              ? plans(commission.plan)
              : rateText(format, (commission.rate_ppb ?? 0) / 1e9)}
          </Fact>
          <Fact name={t('prices')}>{t(manifest.adjusted ? 'adjusted' : 'unadjusted')}</Fact>
          <Fact name={t('bars')}>{format.integer(manifest.bars)}</Fact>
          <Fact name={t('elapsed')}>{format.seconds(manifest.elapsed_ms)}</Fact>
        </dl>
        {manifest.notes.length > 0 && (
          <ul className="mt-3 list-disc pl-5 text-sm text-ink-soft">
            {manifest.notes.map((code) => (
              <li key={code}>{noteText(code)}</li>
            ))}
          </ul>
        )}
      </CardBody>
    </Card>
  );
}
