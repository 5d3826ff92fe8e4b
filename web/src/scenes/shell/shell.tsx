import { Burger, Drawer } from '@mantine/core'
import { useDisclosure, useLocalStorage } from '@mantine/hooks'
import { Outlet, useLocation } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useLiveEvents } from '../../api/live-events.ts'
import { Keyboard } from '../../keyboard/keyboard.tsx'
import { useMe } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import { mayOpen } from './admin-pages.ts'
import { Banner } from './banner.tsx'
import { Bell } from '../notifications/bell.tsx'
import { IdentityCheck } from '../identity/identity-check.tsx'
import { AccountsHealth } from './accounts-health.tsx'
import { ForOtherRole } from './dead-ends.tsx'
import { SearchField } from './search-field.tsx'
import classes from './shell.module.css'
import { Sidebar } from './sidebar.tsx'
import { TitleCount } from './title-count.tsx'

/** Frame of every page of the team: sidebar, header, banner. It also keeps the shown data up to date. */
export function Shell() {
  const me = useMe()
  const [menuOpen, { toggle, close }] = useDisclosure(false)
  const [collapsed, setCollapsed] = useLocalStorage({
    key: 'postkey:sidebar-collapsed',
    defaultValue: false,
    getInitialValueInEffect: false,
  })
  const { href, pathname } = useLocation()
  const worksWithMail = me.role !== 'auditor'
  // On a phone, the menu covers the page it leads to.
  useEffect(close, [href, close])

  return (
    <div className={classes.shell}>
      <a className="skip-link" href="#content">
        {words.shell.skipToContent}
      </a>
      <div className={classes.aside}>
        <Sidebar person={me} collapsed={collapsed} onCollapse={() => setCollapsed(!collapsed)} />
      </div>
      <Drawer.Root opened={menuOpen} onClose={close} size={236} padding={0} transitionProps={{ duration: 0 }}>
        <Drawer.Overlay />
        <Drawer.Content aria-label={words.shell.navigation}>
          <Drawer.Body h="100%">
            <Sidebar person={me} />
          </Drawer.Body>
        </Drawer.Content>
      </Drawer.Root>
      <div className={classes.page}>
        <header className={classes.header}>
          <Burger opened={menuOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={words.shell.openMenu} />
          {worksWithMail && (
            <>
              <SearchField />
              <div className={classes.status}>
                <AccountsHealth />
                <Bell />
              </div>
            </>
          )}
        </header>
        <main id="content" tabIndex={-1} className={classes.main}>
          {worksWithMail && <Banner />}
          {me.role === 'admin' || mayOpen(me.role, pathname) ? <Outlet /> : <ForOtherRole role={me.role} />}
        </main>
      </div>
      <Keyboard role={me.role} />
      <IdentityCheck />
      {worksWithMail && (
        <>
          <LiveEvents />
          <TitleCount />
        </>
      )}
    </div>
  )
}

/** Mounted for everyone but auditors, to whom the server sends no events: their pages are fetched again when shown. */
function LiveEvents() {
  useLiveEvents()
  return undefined
}
