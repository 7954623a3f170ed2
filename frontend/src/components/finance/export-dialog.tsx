import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { ApiProblem } from '@/lib/api/problem';
import { strategies, type ExportTarget } from '@/lib/api/strategies';
import { saveFile } from '@/lib/download';
import { useProblemText } from '@/lib/i18n/use-problem-text';

const TARGETS: ExportTarget[] = ['text', 'backtester', 'builder'];

interface ExportDialogProps {
  id: number;
  name: string;
  onClose: () => void;
}

/** A strategy of rules as a file: as it is written, or as one of the broker's tools takes it. */
export function ExportDialog({ id, name, onClose }: ExportDialogProps) {
  const t = useTranslations('strategies.export');
  const problemText = useProblemText();
  const download = useMutation({
    mutationFn: (target: ExportTarget) => strategies.export(id, target),
    onSuccess: (text) => saveFile(new Blob([text], { type: 'application/yaml' }), `${name}.kis.yaml`),
  });
  const found = download.error instanceof ApiProblem ? download.error.fields : [];
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t('title', { name })} description={t('about')}>
      <ul className="divide-y divide-line rounded-lg border border-line">
        {TARGETS.map((target) => (
          <li key={target} className="flex items-center justify-between gap-3 px-3 py-2.5">
            <span className="min-w-0 text-sm">
              <span className="block font-semibold">{t(`targets.${target}`)}</span>
              <span className="block text-ink-faint">{t(`hints.${target}`)}</span>
            </span>
            <Button
              variant="secondary"
              size="sm"
              aria-label={t('download', { target: t(`targets.${target}`) })}
              busy={download.isPending && download.variables === target}
              onClick={() => download.mutate(target)}
              data-testid={`export-${target}`}
            >
              <Download aria-hidden />
            </Button>
          </li>
        ))}
      </ul>
      {download.error && (
        <div role="alert" className="mt-3 flex flex-col gap-1 text-sm text-danger" data-testid="export-problem">
          <p className="font-medium">{problemText(download.error)}</p>
          <ul className="list-disc pl-5">
            {found.map(({ field, message }) => (
              <li key={`${field}-${message}`}>
                <code className="text-xs">{field}</code> {message}
              </li>
            ))}
          </ul>
        </div>
      )}
    </Dialog>
  );
}
