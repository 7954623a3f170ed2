import { BreakerCard } from './breaker-card';
import { Doubts } from './doubts';
import { KillFileNote } from './kill-file-note';
import { Stopped } from './stopped';
import { Switches } from './switches';
import { useSwitches } from './use-switches';
import { Verdict } from './verdict';

/** What may be traded now, what stops it, and how to clear it. */
export function Status() {
  const rows = useSwitches();
  return (
    <>
      <KillFileNote />
      <Verdict rows={rows} />
      <Doubts />
      <Stopped />
      <Switches rows={rows} />
      <BreakerCard />
    </>
  );
}
