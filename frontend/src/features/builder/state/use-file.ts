import { useState, type DragEvent } from 'react';
import { useTranslations } from 'use-intl';
import { toast } from '@/components/ui/toast';
import type { StrategyType } from '@/lib/api/types';
import { saveFile } from '@/lib/download';
import { readDocument } from '@/lib/parameters/schema';
import { textOf } from '@/lib/text-file';
import type { Rules } from '@/features/builder/document/model';
import type { Draft } from './use-draft';

interface Subject {
  draft: Draft;
  rules: Rules;
  type: StrategyType;
  onOpen: (text: string, name: string) => void;
}

/** Opens documents from files, dropped ones too, and offers the document as one. */
export function useFile({ draft, rules, type, onOpen }: Subject) {
  const t = useTranslations('builder');
  const [isOver, setOver] = useState(false);
  const most = readDocument(type.parameters_schema)?.maximum ?? Infinity;

  const open = async (file: File) => {
    if (file.size > most) return toast.error(t('tooLong', { kib: most / 1024 }));
    const text = await textOf(file);
    if (text === null) return toast.error(t('notText'));
    onOpen(text, file.name.replace(/(\.kis)?\.ya?ml$/i, ''));
    toast.success(t('opened', { name: file.name }));
  };
  const download = () => {
    const name = rules.id.replace(/[^A-Za-z0-9가-힣_.-]/g, '_') || 'strategy';
    saveFile(new Blob([draft.document], { type: 'application/yaml' }), `${name}.kis.yaml`);
  };
  const hasFile = (event: DragEvent) => event.dataTransfer.types.includes('Files');
  const dropping = {
    onDragOver: (event: DragEvent) => {
      if (!hasFile(event)) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: () => setOver(false),
    onDrop: (event: DragEvent) => {
      const [file] = event.dataTransfer.files;
      if (!hasFile(event) || !file) return;
      event.preventDefault();
      setOver(false);
      void open(file);
    },
  };
  return { open, download, dropping, isOver };
}
