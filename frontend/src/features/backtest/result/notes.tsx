import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Undo2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { Textarea } from '@/components/ui/field';
import { backtests } from '@/lib/api/backtests';
import type { BacktestDetail } from '@/lib/api/types';
import { queries } from '@/lib/api/queries';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { useCanWrite } from '@/lib/session/store';

const MOST = 4_000;
const TYPING_PAUSE_MS = 1_000;

/** A note on the run. It saves itself when typing pauses; one press brings back what stood there before. */
export default function Notes({ backtest }: { backtest: BacktestDetail }) {
  const t = useTranslations('run');
  const client = useQueryClient();
  const canWrite = useCanWrite();
  const problemText = useProblemText();
  const stored = backtest.note;
  const [text, setText] = useState(stored);
  const [before, setBefore] = useState<string | null>(null);
  const saved = useRef(stored);
  const save = useMutation({
    // One after the other: a slower save must not come after a newer one.
    scope: { id: `note-${backtest.id}` },
    mutationFn: (note: string) => backtests.describe(backtest.id, { note }),
    onSuccess: (_, note) => {
      const replaced = saved.current;
      saved.current = note;
      setBefore((known) => known ?? replaced);
      client.setQueryData(queries.backtest(backtest.id).queryKey, (detail) => detail && { ...detail, note });
    },
  });
  const { mutate } = save;
  useEffect(() => {
    if (text === saved.current) return;
    const timer = setTimeout(() => mutate(text), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, mutate]);
  const undo = () => {
    if (before === null) return;
    setText(before);
    mutate(before);
    setBefore(null);
  };
  return (
    <Card>
      <CardHeader title={t('note')} hint={t('noteHint')} />
      <CardBody className="flex flex-col gap-3">
        <Textarea
          aria-label={t('note')}
          className="min-h-64"
          maxLength={MOST}
          value={text}
          readOnly={!canWrite}
          placeholder={t('notePlaceholder')}
          onChange={({ target }) => setText(target.value)}
          onBlur={() => text !== saved.current && mutate(text)}
          data-testid="backtest-note"
        />
        <div className="flex min-h-8 items-center justify-between gap-3 text-sm text-ink-faint">
          <span aria-live="polite" data-testid="note-state" data-state={noteState(save.status, text !== backtest.note)}>
            {save.isError
              ? problemText(save.error)
              : t(save.isPending ? 'noteSaving' : save.isSuccess ? 'noteSaved' : 'noteSelf')}
          </span>
          <span className="flex items-center gap-3">
            <span className="tabular">{t('noteLength', { count: text.length, most: MOST })}</span>
            {before !== null && (
              <Button variant="secondary" size="sm" onClick={undo} data-testid="note-undo">
                <Undo2 aria-hidden />
                {t('undo')}
              </Button>
            )}
          </span>
        </div>
      </CardBody>
    </Card>
  );
}

function noteState(status: string, changed: boolean): string {
  if (status === 'error') return 'failed';
  return changed ? 'changed' : 'saved';
}
