import { Anchor, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { getEmailAccountsOptions, type EmailAccount } from '../../api/client.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { LongList } from '../../components/long-list.tsx'
import { Page } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { useMe } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import { useCounts } from '../inbox/use-counts.ts'
import { UnsentSection } from '../overview/unsent-section.tsx'
import { FigureRow } from './figure-row.tsx'

const ROW_HEIGHT = 76
/** New mail changes the times shown here. Its events do not fetch the list again. */
const TIMES_STALE_MS = 30_000
const VIEWS = ['open', 'unassigned', 'needs-reply', 'waiting', 'snoozed'] as const

/** Figures of the mailboxes of a supervisor or an admin. Auditors see the health of all mailboxes, and nothing of the mail. */
export function Figures() {
  const isAuditor = useMe().role === 'auditor'
  const { data, error, refetch } = useQuery({ ...getEmailAccountsOptions(), refetchInterval: TIMES_STALE_MS })
  const accounts = data?.emailAccounts
  const none = words.figures[isAuditor ? 'noneConnected' : 'none']
  return (
    <Page title={isAuditor ? words.shell.health : words.shell.figures}>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!accounts && !error && <LoadingRows rows={3} height={ROW_HEIGHT} />}
      {accounts?.length === 0 && <EmptyState title={none.title} sentence={none.sentence} />}
      {accounts !== undefined &&
        accounts.length > 0 &&
        (isAuditor ? <Accounts accounts={accounts} /> : <WithCounts accounts={accounts} />)}
    </Page>
  )
}

interface AccountsProps {
  accounts: readonly EmailAccount[]
}

function WithCounts({ accounts }: AccountsProps) {
  const counts = useCounts()
  return (
    <>
      <Section title={words.figures.conversations}>
        {!counts && <LoadingRows rows={1} height={44} />}
        {counts && (
          <Group gap="xl">
            {VIEWS.map((view) => (
              <div key={view}>
                <Text size="xl" fw={600}>
                  {figure(counts.views[view], counts.most)}
                </Text>
                <Anchor component={Link} to={`/inbox?view=${view}`} size="sm">
                  {view === 'open' ? words.figures.open : words.inbox.views[view]}
                </Anchor>
              </div>
            ))}
          </Group>
        )}
      </Section>
      <UnsentSection accounts={accounts} />
      <Section title={words.figures.list}>
        <Accounts
          accounts={accounts}
          open={(id) => (counts ? figure(counts.emailAccounts[id] ?? 0, counts.most) : '…')}
        />
      </Section>
    </>
  )
}

function Accounts({ accounts, open }: AccountsProps & { open?: (id: string) => string }) {
  return (
    <LongList label={words.figures.list} items={accounts} keyOf={({ id }) => id} rowHeight={ROW_HEIGHT}>
      {(account) => <FigureRow account={account} open={open?.(account.id)} />}
    </LongList>
  )
}

/** A count that reached the maximum means *at least*. */
function figure(count: number, most: number): string {
  return count >= most ? `${(most - 1).toLocaleString()}+` : count.toLocaleString()
}
