import { useQuery } from '@tanstack/react-query';
import { Check } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { queries } from '@/lib/api/queries';
import { cn } from '@/lib/cn';
import { Link } from '@/lib/navigation';

const ONE = { page: 1, page_size: 1 };

/** The way from an empty account to a strategy that trades; gone once it has been walked. */
export function FirstSteps() {
  const t = useTranslations('firstSteps');
  const strategies = useQuery(queries.strategyList(ONE));
  const active = useQuery(queries.strategyList({ is_active: true, ...ONE }));
  const backtests = useQuery(queries.backtestList(ONE));
  if (!strategies.data || !active.data || !backtests.data) return null;
  const steps = [
    { key: 'account', done: true, href: null },
    { key: 'strategy', done: strategies.data.total > 0, href: '/strategies/new/' },
    { key: 'backtest', done: backtests.data.total > 0, href: '/backtest/' },
    { key: 'activate', done: active.data.total > 0, href: '/strategies/' },
  ] as const;
  const next = steps.find((step) => !step.done);
  if (!next) return null;
  return (
    <Card data-testid="first-steps">
      <CardHeader title={t('title')} hint={t('hint')} />
      <CardBody>
        <ol className="grid gap-3 sm:grid-cols-2 xl:grid-cols-4">
          {steps.map(({ key, done, href }, index) => (
            <li
              key={key}
              aria-current={key === next.key ? 'step' : undefined}
              className={cn(
                'flex flex-col gap-1 rounded-lg border p-4',
                key === next.key ? 'border-accent bg-accent-soft' : 'border-line',
              )}
            >
              <span
                className={cn(
                  'grid size-7 place-items-center rounded-full text-sm font-bold',
                  done ? 'bg-good-soft text-good' : 'bg-raised text-ink-soft',
                )}
              >
                {done ? <Check aria-label={t('done')} className="size-4" /> : index + 1}
              </span>
              <p className="mt-1 font-semibold">{t(`${key}.title`)}</p>
              <p className="text-sm text-ink-soft">{t(`${key}.text`)}</p>
              {key === next.key && href && (
                <Button asChild size="sm" className="mt-2 self-start">
                  <Link href={href} prefetch={false}>
                    {t(`${key}.action`)}
                  </Link>
                </Button>
              )}
            </li>
          ))}
        </ol>
      </CardBody>
    </Card>
  );
}
