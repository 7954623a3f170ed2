import { ChevronRight } from 'lucide-react';
import { useState, type ReactNode } from 'react';

interface FoldProps {
  title: string;
  /** What is chosen inside, readable while it is closed. */
  summary: string;
  /** Something inside needs to be seen, such as a refused field. */
  forced?: boolean;
  children: ReactNode;
  testId: string;
}

/** Settings that most people leave as they are. */
export function Fold({ title, summary, forced = false, children, testId }: FoldProps) {
  const [wanted, setWanted] = useState(false);
  return (
    <details
      open={wanted || forced}
      onToggle={({ currentTarget }) => setWanted(currentTarget.open)}
      className="group rounded-lg border border-line"
    >
      <summary
        data-testid={testId}
        className="flex min-h-11 cursor-pointer list-none items-center gap-2 px-3 py-2 text-sm [&::-webkit-details-marker]:hidden"
      >
        <ChevronRight aria-hidden className="size-4 shrink-0 text-ink-faint transition-transform group-open:rotate-90" />
        <span className="shrink-0 font-semibold">{title}</span>
        <span className="min-w-0 truncate text-ink-faint group-open:hidden">{summary}</span>
      </summary>
      <div className="flex flex-col gap-4 border-t border-line p-3">{children}</div>
    </details>
  );
}
