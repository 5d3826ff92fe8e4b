import { SimpleGrid } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getEmailAccountsOptions } from '../../api/client.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { Page } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import { ExpirySection } from './expiry-section.tsx'
import { IncidentsSection } from './incidents-section.tsx'
import { AccountsSection } from './accounts-section.tsx'
import { TrafficSection } from './traffic-section.tsx'
import { UnsentSection } from './unsent-section.tsx'

const text = words.overview
/** New mail changes the times shown here. Its events do not fetch the list again. */
const TIMES_STALE_MS = 30_000

/** First page of the administration: what needs attention, with links to its pages. */
export function Overview() {
  const { data, error, refetch } = useQuery({ ...getEmailAccountsOptions(), refetchInterval: TIMES_STALE_MS })
  const accounts = data?.emailAccounts
  return (
    <Page title={text.title}>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!accounts && !error && <LoadingRows rows={2} height={140} />}
      {accounts?.length === 0 && (
        <EmptyState title={text.noMailbox.title} sentence={text.noMailbox.sentence}>
          <ButtonLink to="/set-up">{text.noMailbox.button}</ButtonLink>
        </EmptyState>
      )}
      {accounts !== undefined && accounts.length > 0 && <AccountsSection accounts={accounts} />}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md" style={{ alignItems: 'start' }}>
        <IncidentsSection />
        <ExpirySection />
        {accounts && <UnsentSection accounts={accounts} />}
        {accounts && <TrafficSection accounts={accounts} />}
      </SimpleGrid>
    </Page>
  )
}
