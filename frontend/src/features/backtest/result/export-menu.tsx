import { useMutation } from '@tanstack/react-query';
import { Braces, Download, FileText, Sheet } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { Menu, MenuItem } from '@/components/ui/menu';
import { toast } from '@/components/ui/toast';
import { backtests } from '@/lib/api/backtests';
import { saveFile } from '@/lib/download';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { usePreferences } from '@/lib/preferences/store';

const FORMATS = { html: FileText, json: Braces, csv: Sheet } as const;
type Format = keyof typeof FORMATS;

/** The result as a file: a page that opens from disk, everything for programs, or the figures for a spreadsheet. */
export function ExportMenu({ id }: { id: number }) {
  const t = useTranslations('run');
  const locale = usePreferences((state) => state.locale);
  const problemText = useProblemText();
  const download = useMutation({
    mutationFn: (format: Format) => backtests.report(id, format, locale),
    onSuccess: (file, format) => saveFile(file, `backtest-${id}.${format}`),
    onError: (error) => toast.error(problemText(error)),
  });
  return (
    <Menu
      trigger={
        <Button variant="secondary" busy={download.isPending} data-testid="backtest-export">
          {!download.isPending && <Download aria-hidden />}
          {t('export')}
        </Button>
      }
    >
      {(Object.keys(FORMATS) as Format[]).map((format) => {
        const Icon = FORMATS[format];
        return (
          <MenuItem key={format} onSelect={() => download.mutate(format)} data-testid={`export-${format}`}>
            <Icon aria-hidden />
            {t(`exports.${format}`)}
          </MenuItem>
        );
      })}
    </Menu>
  );
}
