import { Badge, NavLink } from '@mantine/core'
import {
  IconAlertTriangle,
  IconAt,
  IconCloud,
  IconHistory,
  IconInbox,
  IconRoute,
  IconSettings,
  IconUsers,
  type Icon,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useLocation } from '@tanstack/react-router'
import { getEmailAccountsOptions, type Person } from '../../api/client.ts'
import { words } from '../../words/index.ts'
import type { ADMIN_PAGES } from './admin-pages.ts'
import { useOpenIncidents } from './open-incidents.ts'

type Target = '/inbox' | (typeof ADMIN_PAGES)[number]

/** Main navigation. Agents see only the inbox, and the setup disappears once a mailbox works. */
export function Rail({ role }: { role: Person['role'] }) {
  const { pathname } = useLocation()
  const accounts = useQuery(getEmailAccountsOptions())
  const settingUp = accounts.data?.emailAccounts.every(({ completeUpTo }) => completeUpTo === undefined) ?? false

  const open = useOpenIncidents().length

  const entry = (to: Target, label: string, Sign: Icon, count = 0) => (
    <NavLink
      component={Link}
      to={to}
      label={label}
      active={pathname === to || pathname.startsWith(`${to}/`)}
      aria-current={pathname === to ? 'page' : undefined}
      leftSection={<Sign size={18} aria-hidden />}
      rightSection={
        count > 0 && (
          <Badge color="red.9" size="sm" circle={count < 10} aria-label={words.incidents.openCount(count)}>
            {count}
          </Badge>
        )
      }
      style={{ borderRadius: 'var(--mantine-radius-md)' }}
    />
  )
  return (
    <>
      {entry('/inbox', words.shell.inbox, IconInbox)}
      {role === 'admin' && (
        <>
          {settingUp && entry('/set-up', words.shell.setup, IconRoute)}
          {entry('/email-accounts', words.shell.emailAccounts, IconAt)}
          {entry('/cloud-providers', words.shell.cloudProviders, IconCloud)}
          {entry('/incidents', words.shell.incidents, IconAlertTriangle, open)}
          {entry('/people', words.shell.people, IconUsers)}
          {entry('/audit', words.shell.audit, IconHistory)}
          {entry('/settings', words.shell.settings, IconSettings)}
        </>
      )}
    </>
  )
}
