import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { toast } from '@/components/ui/toast';
import { saveFile } from '@/lib/download';
import { useProblemText } from '@/lib/i18n/use-problem-text';

interface CsvButtonProps {
  load: () => Promise<Blob>;
  fileName: string;
  disabled?: boolean;
}

export function CsvButton({ load, fileName, disabled }: CsvButtonProps) {
  const t = useTranslations('common');
  const problemText = useProblemText();
  const download = useMutation({
    mutationFn: load,
    onSuccess: (content) => saveFile(content, fileName),
    onError: (error) => toast.error(problemText(error)),
  });
  return (
    <Button
      variant="secondary"
      size="sm"
      busy={download.isPending}
      disabled={disabled}
      onClick={() => download.mutate()}
      data-testid="csv-button"
    >
      {!download.isPending && <Download aria-hidden />}
      {t('csv')}
    </Button>
  );
}
