import { useTranslations } from 'use-intl';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { useFormat } from '@/lib/format/use-format';
import { useSession } from '@/lib/session/store';

export function Profile() {
  const t = useTranslations();
  const format = useFormat();
  const user = useSession((state) => state.user);
  if (!user) return null;
  const facts = [
    { name: t('auth.name'), value: user.full_name },
    { name: t('auth.email'), value: user.email },
    { name: t('settings.role'), value: t(`roles.${user.role}`) },
    { name: t('settings.since'), value: format.date(user.created_at) },
  ];
  return (
    <Card>
      <CardHeader title={t('settings.profile')} />
      <CardBody>
        <dl className="grid gap-x-8 gap-y-3 sm:grid-cols-2">
          {facts.map(({ name, value }) => (
            <div key={name} className="min-w-0">
              <dt className="text-sm text-ink-faint">{name}</dt>
              <dd className="font-medium">{value}</dd>
            </div>
          ))}
        </dl>
      </CardBody>
    </Card>
  );
}
