import { useTranslations } from 'use-intl';
import { Badge } from '@/components/ui/badge';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { GROUPS, STOPS, type GroupName } from '@/features/builder/document/model';
import { useBuilder } from '@/features/builder/state/context';

/** The whole strategy in a few sentences. */
export function Summary() {
  const t = useTranslations('builder.summary');
  const { rules, words } = useBuilder();
  const sentence = (group: GroupName) => {
    const { logic, conditions } = rules[group];
    return conditions.map(words.sentence).join(t(logic === 'AND' ? 'and' : 'or')) || t('none');
  };
  const stops = STOPS.filter((name) => rules.risk[name].enabled && rules.risk[name].percent !== null);
  return (
    <Card data-testid="builder-summary">
      <CardHeader title={t('title')} />
      <CardBody>
        <dl className="flex flex-col gap-3">
          {GROUPS.map((group) => (
            <div key={group} className="flex items-start gap-3">
              <dt className="mt-px shrink-0">
                <Badge tone={group === 'entry' ? 'up' : 'down'}>{t(group === 'entry' ? 'buy' : 'sell')}</Badge>
              </dt>
              <dd className="min-w-0">{sentence(group)}</dd>
            </div>
          ))}
          {stops.length > 0 && (
            <div className="flex items-start gap-3">
              <dt className="mt-px shrink-0">
                <Badge>{t('stops')}</Badge>
              </dt>
              <dd className="min-w-0">{stops.map((name) => t(name, { percent: String(rules.risk[name].percent) })).join(' · ')}</dd>
            </div>
          )}
        </dl>
      </CardBody>
    </Card>
  );
}
