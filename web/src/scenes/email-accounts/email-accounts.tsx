import { Group } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getEmailAccountsOptions } from '../../api/client.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { LongList } from '../../components/long-list.tsx'
import { Page } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import { useActionsWait, useCannotSend, useTroubled } from '../shell/account-health.ts'
import { AccountRow } from './account-row.tsx'
import { orderAccounts } from './account-order.ts'

const ROW_HEIGHT = 84
/** New mail changes the times shown here. Its events do not fetch the list again. */
const TIMES_STALE_MS = 30_000

/** All mailboxes with their states. Those that need attention come first. */
export function EmailAccounts() {
  const accounts = useQuery({ ...getEmailAccountsOptions(), refetchInterval: TIMES_STALE_MS })
  const cannotSend = useCannotSend()
  const actionsWait = useActionsWait()
  const troubled = useTroubled()
  const { title, connect, list, empty } = words.emailAccounts
  const connectButton = (
    <Group gap="xs">
      <ButtonLink to="/set-up" search={{ another: true }} leftSection={<IconPlus size={16} aria-hidden />}>
        {connect}
      </ButtonLink>
      <ButtonLink to="/email-accounts/connect-several" variant="default">
        {words.emailAccounts.connectSeveral}
      </ButtonLink>
      <ButtonLink to="/email-accounts/connect-server" variant="default">
        {words.mailServer.connect}
      </ButtonLink>
    </Group>
  )
  const all = accounts.data?.emailAccounts
  return (
    <Page title={title} actions={all && all.length > 0 && connectButton}>
      {accounts.error && <ProblemNotice error={accounts.error} onRetry={() => void accounts.refetch()} />}
      {accounts.isPending && <LoadingRows height={ROW_HEIGHT} />}
      {all?.length === 0 && (
        <EmptyState title={empty.title} sentence={empty.sentence}>
          {connectButton}
        </EmptyState>
      )}
      {all && all.length > 0 && (
        <LongList label={list} items={orderAccounts(all, troubled)} keyOf={({ id }) => id} rowHeight={ROW_HEIGHT}>
          {(account) => (
            <AccountRow
              account={account}
              cannotSend={cannotSend.has(account.id)}
              actionsWait={actionsWait.has(account.id)}
            />
          )}
        </LongList>
      )}
    </Page>
  )
}
