import { ApiProblem } from '@/lib/api/problem';
import type { Order } from '@/lib/api/types';
import { useProblemText } from '@/lib/i18n/use-problem-text';

/** Why the risk gate refused an order; nothing for an order it let through. */
export function DenialText({ order }: { order: Pick<Order, 'denial'> }) {
  const problemText = useProblemText();
  const { denial } = order;
  if (!denial) return null;
  const problem = new ApiProblem({
    status: 422,
    code: denial.input ? `${denial.code}:${denial.input}` : denial.code,
    detail: '',
    limit: denial.limit === null ? null : String(denial.limit),
    observed: denial.observed === null ? null : String(denial.observed),
  });
  return <p className="text-sm text-danger">{problemText(problem)}</p>;
}
