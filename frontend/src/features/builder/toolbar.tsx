import { Download, FileUp, Library, Redo2, Save, Undo2 } from 'lucide-react';
import { useRef } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';

interface ToolbarProps {
  canUndo: boolean;
  canRedo: boolean;
  onUndo: () => void;
  onRedo: () => void;
  onPresets: () => void;
  onFile: (file: File) => void;
  onDownload: () => void;
  readOnly: boolean;
}

/** What can be done with the strategy as a whole. */
export function Toolbar(props: ToolbarProps) {
  const { canUndo, canRedo, onUndo, onRedo, onPresets, onFile, onDownload, readOnly } = props;
  const t = useTranslations('builder.actions');
  const file = useRef<HTMLInputElement>(null);
  return (
    <>
      {!readOnly && (
        <>
          <Button variant="ghost" size="icon" aria-label={t('undo')} title={t('undo')} disabled={!canUndo} onClick={onUndo} data-testid="builder-undo">
            <Undo2 aria-hidden />
          </Button>
          <Button variant="ghost" size="icon" aria-label={t('redo')} title={t('redo')} disabled={!canRedo} onClick={onRedo} data-testid="builder-redo">
            <Redo2 aria-hidden />
          </Button>
          <Button variant="secondary" onClick={onPresets} data-testid="builder-presets">
            <Library aria-hidden />
            <span className="sr-only sm:not-sr-only">{t('presets')}</span>
          </Button>
          <input
            ref={file}
            type="file"
            accept=".yaml,.yml"
            hidden
            data-testid="strategy-document-file"
            onChange={({ target }) => {
              const chosen = target.files?.[0];
              if (chosen) onFile(chosen);
              // The same file can be chosen again after it was changed.
              target.value = '';
            }}
          />
          <Button variant="secondary" size="icon" aria-label={t('open')} title={t('open')} onClick={() => file.current?.click()} data-testid="builder-open">
            <FileUp aria-hidden />
          </Button>
        </>
      )}
      <Button variant="secondary" size="icon" aria-label={t('download')} title={t('download')} onClick={onDownload} data-testid="builder-download">
        <Download aria-hidden />
      </Button>
    </>
  );
}

interface SaveButtonProps {
  onSave: () => void;
  isSaving: boolean;
}

export function SaveButton({ onSave, isSaving }: SaveButtonProps) {
  const t = useTranslations('common');
  return (
    <Button onClick={onSave} busy={isSaving} data-testid="strategy-save">
      {!isSaving && <Save aria-hidden />}
      {t('save')}
    </Button>
  );
}
