import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from '@/components/ui/button';
import { Progress } from '@/components/ui/progress';
import { toast } from '@/components/ui/toast';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { useCanWrite } from '@/lib/session/store';

interface RunningJobProps {
  /** A ratio from 0 to 1. */
  progress: number;
  label: string;
  cancelText: string;
  cancel: () => Promise<unknown>;
  /** The first part of the key of the list that shows the job. */
  listKey: string;
  testId: string;
}

/** How far work in the background is, and the way to stop it. */
export function RunningJob({ progress, label, cancelText, cancel, listKey, testId }: RunningJobProps) {
  const client = useQueryClient();
  const problemText = useProblemText();
  const canWrite = useCanWrite();
  const stop = useMutation({
    mutationFn: cancel,
    onError: (error) => toast.error(problemText(error)),
    onSettled: () => client.invalidateQueries({ queryKey: [listKey] }),
  });
  return (
    <div className="flex items-center gap-3">
      <Progress value={progress} label={label} />
      {canWrite && (
        <Button
          variant="secondary"
          size="sm"
          busy={stop.isPending}
          onClick={() => stop.mutate()}
          data-testid={testId}
        >
          {cancelText}
        </Button>
      )}
    </div>
  );
}
