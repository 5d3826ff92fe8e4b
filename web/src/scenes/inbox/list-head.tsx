import { Group, NativeSelect, Stack, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { Link, useNavigate } from '@tanstack/react-router'
import type { EmailAccount } from '../../api/client.ts'
import { words } from '../../words/index.ts'
import { VIEWS, type InboxSearch } from './inbox-search.ts'
import { NewMessage } from './new-message.tsx'
import classes from './rows.module.css'
import { searchedView } from './use-conversations.ts'

/** A link without a parameter is not the current page while the parameter is set. */
const WHOLE_ADDRESS = { explicitUndefined: true }

interface ListHeadProps {
  search: InboxSearch
  accounts: readonly EmailAccount[]
  found: { count: number; more: boolean } | undefined
}

/** Current selection of the inbox, and controls to change it. */
export function ListHead({ search, accounts, found }: ListHeadProps) {
  const navigate = useNavigate()
  const inbox = words.inbox
  const { q, account } = search
  const view = searchedView(search)
  useDocumentTitle(`${q === undefined ? inbox.views[view] : inbox.searchTitle} · ${words.productName}`)
  const address = accounts.find(({ id }) => id === account)?.address

  return (
    <Stack gap={6} p="xs" pt="sm">
      <Group justify="space-between" wrap="nowrap">
        <Title order={1} size="h4">
          {q === undefined ? inbox.title : inbox.searchTitle}
        </Title>
        {accounts.length > 0 && <NewMessage accounts={accounts} shown={account} />}
      </Group>
      {q !== undefined && (
        <div role="status">
          {found && inbox.found(found.count, found.more, q, inbox.viewsInSentence[view], address ?? inbox.allAccounts)}
        </div>
      )}
      <nav aria-label={inbox.viewsLabel} className={classes.views}>
        {VIEWS.map((each) => (
          <Link
            key={each}
            to="/inbox"
            search={{ view: each, account, q }}
            className={classes.view}
            activeOptions={WHOLE_ADDRESS}
            aria-current={each === view ? 'page' : undefined}
          >
            {inbox.views[each]}
          </Link>
        ))}
        {q !== undefined && (
          <Link
            to="/inbox"
            search={{ view: undefined, account, q: undefined }}
            className={classes.view}
            activeOptions={WHOLE_ADDRESS}
          >
            {inbox.leaveSearch}
          </Link>
        )}
      </nav>
      {accounts.length > 1 && (
        <NativeSelect
          size="xs"
          aria-label={inbox.account}
          value={account ?? ''}
          onChange={({ currentTarget }) =>
            void navigate({ to: '/inbox', search: { view: search.view, q, account: currentTarget.value || undefined } })
          }
          data={[
            { value: '', label: inbox.allAccounts },
            ...accounts.map(({ id, key, address: label }) => ({ value: id, label: `${key} · ${label}` })),
          ]}
        />
      )}
    </Stack>
  )
}
