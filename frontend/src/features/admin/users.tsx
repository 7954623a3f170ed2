import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Card, CardHeader } from '@/components/ui/card';
import type { Column } from '@/components/ui/data-table';
import { Select } from '@/components/ui/field';
import { PagedTable } from '@/components/ui/paged';
import { Switch } from '@/components/ui/switch';
import { toast } from '@/components/ui/toast';
import { admin } from '@/lib/api/admin';
import { queries } from '@/lib/api/queries';
import type { Role, User } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { useUrlState } from '@/lib/navigation';
import { useSession } from '@/lib/session/store';

const PAGE_SIZE = 50;
const ROLES: Role[] = ['admin', 'user', 'viewer'];

export function Users() {
  const t = useTranslations('admin');
  const url = useUrlState();
  const query = useQuery(queries.users({ page: url.page, page_size: PAGE_SIZE }));
  const columns = useUserColumns();
  return (
    <Card>
      <CardHeader title={t('tabs.users')} />
      <PagedTable
        query={query}
        empty={null}
        caption={t('tabs.users')}
        columns={columns}
        rowKey={(user) => user.id}
        rowTestId="user-row"
      />
    </Card>
  );
}

function useUserColumns(): Column<User>[] {
  const t = useTranslations();
  const format = useFormat();
  return [
    {
      key: 'name',
      heading: t('auth.name'),
      place: 'lead',
      cell: (user) => (
        <span className="block min-w-0">
          <span className="block font-semibold">{user.full_name}</span>
          <span className="block text-ink-faint">{user.email}</span>
        </span>
      ),
    },
    {
      key: 'role',
      heading: t('settings.role'),
      place: 'row',
      cell: (user) => <RoleSelect user={user} />,
    },
    {
      key: 'since',
      place: 'sub',
      heading: t('settings.since'),
      align: 'right',
      cell: (user) => format.date(user.created_at),
    },
    {
      key: 'active',
      heading: t('admin.active'),
      align: 'right',
      place: 'aside',
      cell: (user) => <ActiveSwitch user={user} />,
    },
  ];
}

function useUserUpdate(user: User) {
  const t = useTranslations('admin');
  const client = useQueryClient();
  const problemText = useProblemText();
  const isSelf = useSession((state) => state.user?.id === user.id);
  const update = useMutation({
    mutationFn: (change: { role?: Role; is_active?: boolean }) => admin.updateUser(user.id, change),
    onSuccess: (saved) => toast.success(t('userSaved', { name: saved.full_name })),
    onError: (error) => toast.error(problemText(error)),
    onSettled: () => client.invalidateQueries({ queryKey: ['admin', 'users'] }),
  });
  return { update, isSelf };
}

function RoleSelect({ user }: { user: User }) {
  const t = useTranslations();
  const { update, isSelf } = useUserUpdate(user);
  return (
    <Select
      className="w-36"
      aria-label={t('admin.roleOf', { name: user.full_name })}
      value={user.role}
      disabled={isSelf || update.isPending}
      onChange={(event) => update.mutate({ role: event.target.value as Role })}
    >
      {ROLES.map((role) => (
        <option key={role} value={role}>
          {t(`roles.${role}`)}
        </option>
      ))}
    </Select>
  );
}

function ActiveSwitch({ user }: { user: User }) {
  const t = useTranslations('admin');
  const { update, isSelf } = useUserUpdate(user);
  return (
    <Switch
      aria-label={t('activeOf', { name: user.full_name })}
      checked={user.is_active}
      disabled={isSelf || update.isPending}
      onCheckedChange={(next) => update.mutate({ is_active: next })}
    />
  );
}
