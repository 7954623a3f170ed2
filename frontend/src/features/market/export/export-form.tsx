import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslations } from 'use-intl';
import { IntervalChoice } from '@/components/finance/interval-choice';
import { SymbolsField } from '@/components/finance/symbols-field';
import { Button } from '@/components/ui/button';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { DateRange } from '@/components/ui/date-range';
import { Field, Group, Input } from '@/components/ui/field';
import { FormProblem } from '@/components/ui/form-problem';
import { Segmented } from '@/components/ui/segmented';
import { Switch } from '@/components/ui/switch';
import { toast } from '@/components/ui/toast';
import { history, type ExportRequest } from '@/lib/api/history';
import type { Prices } from '@/lib/api/types';
import { saveFile } from '@/lib/download';
import { useFormat } from '@/lib/format/use-format';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { exportCommand, exportFileName } from './export-command';

const FORMATS: ExportRequest['format'][] = ['csv', 'parquet'];
const PRICES: Prices[] = ['raw', 'adjusted'];

/** Hands the stored bars out as a file, and tells the command that does the same. */
export function ExportForm() {
  const t = useTranslations('export');
  const prices = useTranslations('trading.priceKinds');
  const problemText = useProblemText();
  const format = useFormat();
  const allId = useId();
  const [symbols, setSymbols] = useState<string[]>([]);
  const [all, setAll] = useState(false);
  const [rest, setRest] = useState<Omit<ExportRequest, 'symbols'>>({
    interval: '1d',
    prices: 'raw',
    format: 'csv',
  });
  const [problem, setProblem] = useState<string | null>(null);
  const change = (part: Partial<typeof rest>) => setRest((before) => ({ ...before, ...part }));
  const request: ExportRequest = { ...rest, symbols: all ? 'all' : symbols.join(',') };
  const download = useMutation({
    mutationFn: () => history.export(request),
    onSuccess: (file) => {
      saveFile(file, exportFileName(request));
      toast.success(t('saved', { size: format.integer(Math.ceil(file.size / 1024)) }));
    },
    onError: (error) => setProblem(problemText(error)),
  });
  return (
    <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1.4fr)_minmax(0,1fr)]">
      <Card>
        <CardHeader title={t('title')} hint={t('hint')} />
        <CardBody>
          <form
            className="flex flex-col gap-4"
            data-testid="export-form"
            onSubmit={(event) => {
              event.preventDefault();
              setProblem(request.symbols === '' ? t('chooseFirst') : null);
              if (request.symbols !== '') download.mutate();
            }}
          >
            {!all && (
              <Field label={t('symbols')}>
                {(wiring) => <SymbolsField wiring={wiring} value={symbols} onChange={setSymbols} />}
              </Field>
            )}
            <div className="flex items-center justify-between gap-3">
              <label htmlFor={allId} className="text-sm font-semibold">
                {t('all')}
              </label>
              <Switch id={allId} checked={all} onCheckedChange={setAll} data-testid="export-all" />
            </div>
            <div className="flex flex-wrap gap-x-6 gap-y-4">
              <Group name={t('interval')}>
                <IntervalChoice
                  value={rest.interval}
                  onChange={(interval) => change({ interval })}
                  testId="export-interval"
                />
              </Group>
              <Group name={t('prices')}>
                <Segmented
                  label={t('prices')}
                  value={rest.prices}
                  onChange={(next) => change({ prices: next, as_of: undefined })}
                  options={PRICES.map((value) => ({
                    value,
                    label: prices(value),
                    testId: `export-prices-${value}`,
                  }))}
                />
              </Group>
              <Group name={t('format')}>
                <Segmented
                  label={t('format')}
                  value={rest.format}
                  onChange={(next) => change({ format: next })}
                  options={FORMATS.map((value) => ({
                    value,
                    label: t(`formats.${value}`),
                    testId: `export-format-${value}`,
                  }))}
                />
              </Group>
            </div>
            <Group name={t('period')} hint={t('periodHint')}>
              <DateRange
                from={rest.from}
                to={rest.to}
                labels={{ from: t('from'), to: t('to') }}
                onChange={change}
                testId="export"
              />
            </Group>
            {rest.prices === 'adjusted' && (
              <Field label={t('asOf')} hint={t('asOfHint')}>
                {(wiring) => (
                  <Input
                    {...wiring}
                    type="date"
                    value={rest.as_of ?? ''}
                    onChange={(event) => change({ as_of: event.target.value || undefined })}
                    data-testid="export-as-of"
                  />
                )}
              </Field>
            )}
            <FormProblem text={problem} />
            <Button type="submit" busy={download.isPending} data-testid="export-submit">
              {!download.isPending && <Download aria-hidden />}
              {t('download')}
            </Button>
          </form>
        </CardBody>
      </Card>
      <Card>
        <CardHeader title={t('command')} hint={t('commandHint')} />
        <CardBody>
          <pre
            className="overflow-x-auto rounded-lg bg-raised p-3 text-xs leading-relaxed whitespace-pre-wrap"
            data-testid="export-command"
          >
            {exportCommand(request)}
          </pre>
        </CardBody>
      </Card>
    </div>
  );
}
