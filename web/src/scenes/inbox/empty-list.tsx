import { Box, Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { EmailAccount, Person } from '../../api/client.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { words } from '../../words/index.ts'
import type { InboxSearch } from './inbox-search.ts'
import { searchedView } from './use-conversations.ts'

interface EmptyListProps {
  search: InboxSearch
  role: Person['role']
  accounts: readonly EmailAccount[]
}

/** Empty list: the reason, and the first step. */
export function EmptyList({ search, role, accounts }: EmptyListProps) {
  const inbox = words.inbox
  const isImporting = accounts.some(({ state }) => state === 'importing' || state === 'connecting')
  const { title, sentence } =
    accounts.length === 0
      ? words.emptyList.noAccount[role === 'admin' ? 'admin' : 'agent']
      : search.q !== undefined
        ? words.emptyList.search
        : isImporting
          ? words.emptyList.importing
          : words.emptyList[searchedView(search)]
  return (
    <Box p="sm">
      <EmptyState title={title} sentence={sentence}>
        {accounts.length === 0 && role === 'admin' && (
          <Button component={Link} to="/set-up">
            {inbox.connect}
          </Button>
        )}
        {search.q !== undefined && (
          <Button
            variant="default"
            component={Link}
            to="/inbox"
            search={{ view: undefined, account: search.account, q: undefined } as never}
          >
            {inbox.leaveSearch}
          </Button>
        )}
      </EmptyState>
    </Box>
  )
}
