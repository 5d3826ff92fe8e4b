import { TextInput, Text } from '@mantine/core'
import { use, useState } from 'react'
import type { EmailAccount } from '../../api/client.ts'
import { tintOf } from '../../components/tint.ts'
import tints from '../../components/tint.module.css'
import { language, words } from '../../words/index.ts'
import type { Counts } from '../inbox/use-counts.ts'
import { findAccounts } from './find-accounts.ts'
import classes from './sidebar.module.css'
import { SidebarContext, SidebarGroup, SidebarLink } from './sidebar-link.tsx'

const number = new Intl.NumberFormat(language)

interface AccountNavigationProps {
  accounts: readonly EmailAccount[]
  counts: Counts | undefined
  /** The mailbox that the list shows. */
  active: string | undefined
}

/** Links to mailboxes. Each click draws all links again, so only 30 are shown, and a field finds the others. */
export function AccountNavigation({ accounts, counts, active }: AccountNavigationProps) {
  const [wanted, setWanted] = useState('')
  const collapsed = use(SidebarContext)
  if (accounts.length === 0) return undefined
  const { shown, isMany, left } = findAccounts(accounts, collapsed ? '' : wanted, active)
  const { findAccount, moreAccounts, noAccount } = words.shell
  return (
    <SidebarGroup title={words.shell.mailboxes}>
      {isMany && !collapsed && (
        <TextInput
          size="xs"
          px={8}
          pb={4}
          type="search"
          aria-label={findAccount}
          placeholder={findAccount}
          value={wanted}
          onChange={({ currentTarget }) => setWanted(currentTarget.value)}
        />
      )}
      {shown.map(({ id, name, key, address }) => (
        <SidebarLink
          key={id}
          to="/inbox"
          search={{ view: undefined, account: id, tag: undefined, q: undefined }}
          label={name.trim() || address}
          title={`${key} · ${address}`}
          sign={<span className={`${classes.key} ${tints.tint}`} data-tint={tintOf(id)} data-key={key} aria-hidden />}
          {...(counts && { count: counts.emailAccounts[id] ?? 0, most: counts.most })}
          active={id === active}
        />
      ))}
      {isMany && !collapsed && (
        <Text size="xs" c="dimmed" px={8} role="status">
          {left > 0 ? moreAccounts(number.format(left)) : shown.length === 0 && noAccount}
        </Text>
      )}
    </SidebarGroup>
  )
}
