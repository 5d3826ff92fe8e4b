import { Badge } from '@mantine/core'
import {
  IconAdjustments,
  IconAlertTriangle,
  IconArrowLeft,
  IconAt,
  IconChartBar,
  IconCloud,
  IconHeartbeat,
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

/** Way of a supervisor to the figures of their mailboxes. */
export function FiguresLink() {
  const { pathname } = useLocation()
  const { figures } = words.shell
  return (
    <div className={classes.divided}>
      <SidebarLink to="/figures" search={{}} label={figures} sign={IconChartBar} active={pathname === '/figures'} />
    </div>
  )
}

/** Pages of auditors. */
export function AuditorNavigation() {
  const { audit, incidents, health } = words.shell
  return (
    <SidebarGroup>
      <AdminPageLink to="/audit" label={audit} sign={IconHistory} />
      <AdminPageLink to="/incidents" label={incidents} sign={IconAlertTriangle} badge={<IncidentCount />} />
      <AdminPageLink to="/figures" label={health} sign={IconHeartbeat} />
    </SidebarGroup>
  )
}

interface AdminPageLinkProps {
  to: (typeof ADMIN_PAGES)[number]
  label: string
  sign: Icon
  badge?: React.ReactNode
}

function AdminPageLink({ to, ...rest }: AdminPageLinkProps) {
  const { pathname } = useLocation()
  return <SidebarLink to={to} search={{}} active={pathname === to || pathname.startsWith(`${to}/`)} {...rest} />
}

/** Pages of the administration. The setup disappears once a mailbox works. */
export function AdminNavigation() {
  const accounts = useQuery(getEmailAccountsOptions())
  const settingUp = accounts.data?.emailAccounts.every(({ completeUpTo }) => completeUpTo === undefined) ?? false
  const shell = words.shell
  return (
    <>
      <SidebarGroup>
        <SidebarLink to="/inbox" search={{}} label={shell.inbox} sign={IconArrowLeft} active={false} />
      </SidebarGroup>
      <SidebarGroup title={shell.administration}>
        <AdminPageLink to="/overview" label={shell.overview} sign={IconLayoutDashboard} />
        <AdminPageLink to="/figures" label={shell.figures} sign={IconChartBar} />
        {settingUp && <AdminPageLink to="/set-up" label={shell.setup} sign={IconRoute} />}
        <AdminPageLink to="/email-accounts" label={shell.emailAccounts} sign={IconAt} />
        <AdminPageLink to="/cloud-providers" label={shell.cloudProviders} sign={IconCloud} />
        <AdminPageLink to="/incidents" label={shell.incidents} sign={IconAlertTriangle} badge={<IncidentCount />} />
        <AdminPageLink to="/people" label={shell.people} sign={IconUsers} />
        <AdminPageLink to="/audit" label={shell.audit} sign={IconHistory} />
        <AdminPageLink to="/settings" label={shell.settings} sign={IconSettings} />
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
      aria-label={words.shell.openIncidents(count)}
    >
      {count}
    </Badge>
  )
}
