import { AppShell, Burger, Group, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Outlet, useLocation } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useLiveEvents } from '../../api/live-events.ts'
import { Keyboard } from '../../keyboard/keyboard.tsx'
import { useMe } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import { isAdminPage } from './admin-pages.ts'
import { Banner } from './banner.tsx'
import { AccountsHealth } from './accounts-health.tsx'
import { ForAdmins } from './dead-ends.tsx'
import { Me } from './me.tsx'
import { Rail } from './rail.tsx'
import { SearchField } from './search-field.tsx'

/** Frame of every page of the team: rail, header, banner. It also keeps the shown data up to date. */
export function Shell() {
  const me = useMe()
  const [menuOpen, { toggle, close }] = useDisclosure(false)
  const { pathname } = useLocation()
  useLiveEvents()
  // On a phone, the menu covers the page it leads to.
  useEffect(close, [pathname, close])

  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 200, breakpoint: 'sm', collapsed: { mobile: !menuOpen } }}
      padding={0}
    >
      <a className="skip-link" href="#content">
        {words.shell.skipToContent}
      </a>
      <AppShell.Header>
        <Group h="100%" px="sm" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger opened={menuOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={words.shell.openMenu} />
            <Title order={2} size="h4" visibleFrom="xs">
              {words.productName}
            </Title>
          </Group>
          <SearchField />
          <Group gap="xs" wrap="nowrap">
            <AccountsHealth />
            <Me person={me} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={words.shell.navigation}>
        <Rail role={me.role} />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} display="flex" style={{ flexDirection: 'column' }}>
        <Banner />
        {me.role !== 'admin' && isAdminPage(pathname) ? <ForAdmins /> : <Outlet />}
      </AppShell.Main>
      <Keyboard role={me.role} />
    </AppShell>
  )
}
