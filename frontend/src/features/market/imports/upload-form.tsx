import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { IntervalChoice } from '@/components/finance/interval-choice';
import { Button } from '@/components/ui/button';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { FormProblem } from '@/components/ui/form-problem';
import { Segmented } from '@/components/ui/segmented';
import { Switch } from '@/components/ui/switch';
import { toast } from '@/components/ui/toast';
import { imports } from '@/lib/api/imports';
import type { FileKind, Interval } from '@/lib/api/types';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { useUrlState } from '@/lib/navigation';
import { ACCEPTED, IMPORT_KINDS, isAccepted } from './accepted';
import { DropZone } from './drop-zone';

/** Takes a file of bars, issues or corporate actions. The kind is in the address, so that other views can link to it. */
export function UploadForm() {
  const t = useTranslations('imports');
  const problemText = useProblemText();
  const client = useQueryClient();
  const url = useUrlState();
  const kind = IMPORT_KINDS.find((value) => value === url.get('kind')) ?? 'bars';
  const [file, setFile] = useState<File | null>(null);
  const [interval, setInterval] = useState<Interval>('1d');
  const [adjusted, setAdjusted] = useState(false);
  const [strict, setStrict] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const choose = (chosen: File | undefined) => {
    if (!chosen) return;
    const fits = isAccepted(kind, chosen.name);
    setProblem(fits ? null : t('wrongKind', { endings: ACCEPTED[kind].join(', ') }));
    setFile(fits ? chosen : null);
  };
  const chooseKind = (next: FileKind) => {
    setProblem(null);
    setFile(null);
    url.update({ kind: next });
  };
  const upload = useMutation({
    mutationFn: (chosen: File) => imports.start({ file: chosen, kind, interval, adjusted, strict }),
    onSuccess: (started) => {
      toast.info(t('started', { name: started.file_name }));
      setFile(null);
      void client.invalidateQueries({ queryKey: ['imports'] });
    },
    onError: (error) => setProblem(problemText(error)),
  });
  return (
    <Card>
      <CardHeader title={t('new')} hint={t(`hints.${kind}`)} />
      <CardBody>
        <form
          className="flex flex-col gap-4"
          data-testid="import-form"
          onSubmit={(event) => {
            event.preventDefault();
            setProblem(file ? null : t('chooseFirst'));
            if (file) upload.mutate(file);
          }}
        >
          <Segmented
            label={t('kind')}
            value={kind}
            onChange={chooseKind}
            options={IMPORT_KINDS.map((value) => ({
              value,
              label: t(`kinds.${value}`),
              testId: `import-kind-${value}`,
            }))}
          />
          <DropZone kind={kind} file={file} onChoose={choose} />
          {kind === 'bars' && (
            <>
              <IntervalChoice value={interval} onChange={setInterval} testId="import-interval" />
              <Setting label={t('adjustedLabel')} hint={t('adjustedHint')}>
                {(id) => (
                  <Switch
                    id={id}
                    checked={adjusted}
                    onCheckedChange={setAdjusted}
                    data-testid="import-adjusted"
                  />
                )}
              </Setting>
            </>
          )}
          <Setting label={t('strictLabel')} hint={t('strictHint')}>
            {(id) => (
              <Switch
                id={id}
                checked={strict}
                onCheckedChange={setStrict}
                data-testid="import-strict"
              />
            )}
          </Setting>
          <FormProblem text={problem} />
          <Button type="submit" busy={upload.isPending} data-testid="import-submit">
            {t('upload')}
          </Button>
          {upload.isPending && (
            <p role="status" className="text-sm text-ink-faint">
              {t('uploading')}
            </p>
          )}
        </form>
      </CardBody>
    </Card>
  );
}

interface SettingProps {
  label: string;
  hint: string;
  children: (id: string) => ReactNode;
}

function Setting({ label, hint, children }: SettingProps) {
  const id = useId();
  return (
    <div className="flex items-center justify-between gap-3">
      <label htmlFor={id} className="min-w-0">
        <span className="block text-sm font-semibold">{label}</span>
        <span className="block text-sm text-ink-faint">{hint}</span>
      </label>
      {children(id)}
    </div>
  );
}
