import { ActionIcon, Tooltip } from '@mantine/core'
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from '@tabler/icons-react'
import { useLocation } from '@tanstack/react-router'
import type { Person } from '../../api/client.ts'
import { Wordmark } from '../../components/wordmark.tsx'
import { words } from '../../words/index.ts'
import { AdminNavigation, AdministrationLink, AuditorNavigation, FiguresLink } from './admin-navigation.tsx'
import { isAdminPage } from './admin-pages.ts'
import { InboxNavigation } from './inbox-navigation.tsx'
import { Me } from './me.tsx'
import classes from './sidebar.module.css'
import { SidebarContext } from './sidebar-link.tsx'

interface SidebarProps {
  person: Person
  /** Icons only. */
  collapsed?: boolean
  /** Absent in the drawer of a phone. */
  onCollapse?: () => void
}

/** Main navigation: the inbox with its views, for admins the pages of the administration, for auditors theirs. */
export function Sidebar({ person, collapsed = false, onCollapse }: SidebarProps) {
  const { pathname } = useLocation()
  const isAdmin = person.role === 'admin'
  const Sign = collapsed ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse
  const label = collapsed ? words.shell.expand : words.shell.collapse
  return (
    <SidebarContext value={collapsed}>
      <div className={classes.sidebar} data-collapsed={collapsed || undefined}>
        <div className={classes.top}>
          <Wordmark short={collapsed} />
          {onCollapse && (
            <Tooltip label={label} position="right">
              <ActionIcon
                variant="subtle"
                color="gray"
                onClick={onCollapse}
                aria-label={label}
                aria-expanded={!collapsed}
              >
                <Sign size={18} aria-hidden />
              </ActionIcon>
            </Tooltip>
          )}
        </div>
        <nav aria-label={words.shell.navigation} className={classes.entries}>
          {person.role === 'auditor' ? (
            <AuditorNavigation />
          ) : isAdmin && isAdminPage(pathname) ? (
            <AdminNavigation />
          ) : (
            <>
              <InboxNavigation />
              {isAdmin && <AdministrationLink />}
              {person.role === 'supervisor' && <FiguresLink />}
            </>
          )}
        </nav>
        <Me person={person} short={collapsed} />
      </div>
    </SidebarContext>
  )
}
