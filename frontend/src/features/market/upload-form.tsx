import { useMutation, useQueryClient } from '@tanstack/react-query';
import { FileUp } from 'lucide-react';
import { useId, useState, type DragEvent } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { FormProblem } from '@/components/ui/form-problem';
import { Switch } from '@/components/ui/switch';
import { toast } from '@/components/ui/toast';
import { market } from '@/lib/api/market';
import { cn } from '@/lib/cn';
import { useProblemText } from '@/lib/i18n/use-problem-text';

const ACCEPTED = ['.csv', '.parquet'];

export function isAccepted(fileName: string): boolean {
  return ACCEPTED.some((ending) => fileName.toLowerCase().endsWith(ending));
}

export function UploadForm() {
  const t = useTranslations('imports');
  const problemText = useProblemText();
  const client = useQueryClient();
  const switchId = useId();
  const [file, setFile] = useState<File | null>(null);
  const [adjusted, setAdjusted] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const choose = (chosen: File | undefined) => {
    if (!chosen) return;
    const fits = isAccepted(chosen.name);
    setProblem(fits ? null : t('wrongKind'));
    setFile(fits ? chosen : null);
  };
  const upload = useMutation({
    mutationFn: (chosen: File) => market.upload(chosen, adjusted),
    onSuccess: (started) => {
      toast.info(t('started', { name: started.file_name }));
      setFile(null);
      void client.invalidateQueries({ queryKey: ['imports'] });
    },
    onError: (error) => setProblem(problemText(error)),
  });
  return (
    <Card>
      <CardHeader title={t('new')} hint={t('newHint')} />
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
          <DropZone file={file} onChoose={choose} />
          <div className="flex items-center justify-between gap-3">
            <label htmlFor={switchId} className="min-w-0">
              <span className="block text-sm font-semibold">{t('adjustedLabel')}</span>
              <span className="block text-sm text-ink-faint">{t('adjustedHint')}</span>
            </label>
            <Switch
              id={switchId}
              checked={adjusted}
              onCheckedChange={setAdjusted}
              data-testid="import-adjusted"
            />
          </div>
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

interface DropZoneProps {
  file: File | null;
  onChoose: (file: File | undefined) => void;
}

function DropZone({ file, onChoose }: DropZoneProps) {
  const t = useTranslations('imports');
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    onChoose(event.dataTransfer.files[0]);
  };
  return (
    <label
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={cn(
        'flex cursor-pointer flex-col items-center gap-2 rounded-xl border-2 border-dashed px-4 py-8 text-center',
        'focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent',
        over ? 'border-accent bg-accent-soft' : 'border-line hover:border-line-strong',
      )}
    >
      <FileUp aria-hidden className="size-7 text-ink-faint" />
      <span className="font-semibold break-all">{file ? file.name : t('choose')}</span>
      <span className="text-sm text-ink-faint">{t('columns')}</span>
      <input
        type="file"
        accept={ACCEPTED.join(',')}
        className="sr-only"
        data-testid="import-file"
        onChange={(event) => {
          onChoose(event.target.files?.[0]);
          // The same file can be chosen again after a failure.
          event.target.value = '';
        }}
      />
    </label>
  );
}
