import { useState } from 'react';
import { seoulDate } from '@/lib/format/format';
import { useUrlState } from '@/lib/navigation';
import { CostReceipt } from './cost-receipt';
import { PriceBand } from './price-band';
import type { Question } from './question';
import { QuestionForm } from './question-form';
import { Timetable } from './timetable';

/** The rule book for one day and one kind of issue: prices, costs and hours, all looked up by date. */
export function Rules() {
  const url = useUrlState();
  const [question, setQuestion] = useState<Omit<Question, 'date'>>({
    market: 'kospi',
    kind: 'stock',
    occasion: 'ordinary',
    multiple: 100,
    price: 70_000,
    quantity: 10,
    side: 'sell',
    plan: 'bankis',
  });
  const date = url.get('date') ?? seoulDate(new Date());
  const asked = { ...question, date };
  return (
    <>
      <div className="grid items-start gap-5 lg:grid-cols-2 xl:grid-cols-3">
        <QuestionForm
          question={asked}
          onChange={(part) => setQuestion((before) => ({ ...before, ...part }))}
          onDate={(next) => url.update({ date: next })}
        />
        <PriceBand question={asked} />
        <CostReceipt question={asked} />
      </div>
      <Timetable date={date} onDate={(next) => url.update({ date: next })} />
    </>
  );
}
