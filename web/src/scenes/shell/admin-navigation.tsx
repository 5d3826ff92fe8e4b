import { Badge } from '@mantine/core'
import {
  IconAdjustments,
  IconAlertTriangle,
  IconArrowLeft,
  IconAt,
  IconCloud,
  IconHistory,
  IconLayoutDashboard,
  IconRoute,
  IconSettings,
  IconUsers,
  type Icon,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import { getEmailAccountsOptions } from '../../api/client.ts'
import { words } from '../../words/index.ts'
import type { ADMIN_PAGES } from './admin-pages.ts'
import { useOpenIncidents } from './open-incidents.ts'
import classes from './sidebar.module.css'
import { SidebarGroup, SidebarLink } from './sidebar-link.tsx'

/** Way from the inbox to the administration. It carries the number of open incidents. */
export function AdministrationLink() {
  return (
    <div className={classes.divided}>
      <SidebarLink
        to="/overview"
        search={{}}
        label={words.shell.administration}
        sign={IconAdjustments}
        active={false}
        badge={<IncidentCount />}
      />
    </div>
  )
}

/** Pages of the administration. The setup disappears once a mailbox works. */
export function AdminNavigation() {
  const { pathname } = useLocation()
  const accounts = useQuery(getEmailAccountsOptions())
  const settingUp = accounts.data?.emailAccounts.every(({ completeUpTo }) => completeUpTo === undefined) ?? false
  const shell = words.shell
  const entry = (to: (typeof ADMIN_PAGES)[number], label: string, sign: Icon, badge?: React.ReactNode) => (
    <SidebarLink
      to={to}
      search={{}}
      label={label}
      sign={sign}
      active={pathname === to || pathname.startsWith(`${to}/`)}
      badge={badge}
    />
  )
  return (
    <>
      <SidebarGroup>
        <SidebarLink to="/inbox" search={{}} label={shell.inbox} sign={IconArrowLeft} active={false} />
      </SidebarGroup>
      <SidebarGroup title={shell.administration}>
        {entry('/overview', shell.overview, IconLayoutDashboard)}
        {settingUp && entry('/set-up', shell.setup, IconRoute)}
        {entry('/email-accounts', shell.emailAccounts, IconAt)}
        {entry('/cloud-providers', shell.cloudProviders, IconCloud)}
        {entry('/incidents', shell.incidents, IconAlertTriangle, <IncidentCount />)}
        {entry('/people', shell.people, IconUsers)}
        {entry('/audit', shell.audit, IconHistory)}
        {entry('/settings', shell.settings, IconSettings)}
      </SidebarGroup>
    </>
  )
}

function IncidentCount() {
  const count = useOpenIncidents().length
  if (count === 0) return undefined
  return (
    <Badge
      color="red.9"
      size="sm"
      circle={count < 10}
      className={classes.badge}
      aria-label={words.incidents.openCount(count)}
    >
      {count}
    </Badge>
  )
}
