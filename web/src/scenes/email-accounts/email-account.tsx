import { Anchor, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { getEmailAccountsIdOptions, type EmailAccount } from '../../api/client.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { Page } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import { TodaySection } from '../health/today-section.tsx'
import { AccountKey } from './account-row.tsx'
import { DetailsSection } from './details-section.tsx'
import { FoldersSection } from './folders-section.tsx'
import { RemovalSection } from './removal-section.tsx'
import { CapabilitiesSection } from './capabilities-section.tsx'
import { LimitsSection } from './limits-section.tsx'
import { AutomaticReplySection } from './automatic-reply/automatic-reply-section.tsx'
import { AddressesSection } from './names/addresses-section.tsx'
import { NamesSection } from './names/names-section.tsx'
import { AgentsSection } from './agents-section.tsx'
import { AccessSection } from './access-section.tsx'
import { ReconciliationSection } from './reconciliation-section.tsx'
import { ConnectionSection } from './connection-section.tsx'
import { ServersSection } from './servers-section.tsx'
import { StateSection } from './state-section.tsx'
import { MailProcessingSection } from './mail-processing-section.tsx'
import { OutboxSection } from './outbox-section.tsx'
import { WritingSection } from './writing-section.tsx'
import { PrincipalRequests } from './principal-requests.tsx'

export function EmailAccountPage() {
  const { emailAccountId } = useParams({ strict: false })
  const account = useQuery(getEmailAccountsIdOptions({ path: { id: emailAccountId! } }))
  const { title } = words.emailAccounts
  const back = (
    <Anchor component={Link} to="/email-accounts" size="sm">
      {title}
    </Anchor>
  )
  if (account.data) return <Account account={account.data} />
  return (
    <Page title={title} actions={back}>
      {account.error ? (
        <ProblemNotice error={account.error} onRetry={() => void account.refetch()} />
      ) : (
        <LoadingRows rows={4} height={140} />
      )}
    </Page>
  )
}

function Account({ account }: { account: EmailAccount }) {
  const { title, kinds } = words.emailAccounts
  return (
    <Page
      title={account.name}
      actions={
        <Anchor component={Link} to="/email-accounts" size="sm">
          {title}
        </Anchor>
      }
    >
      <Group gap="xs">
        <AccountKey value={account.key} />
        <Text c="dimmed">
          {account.address} · {kinds[account.kind]}
        </Text>
      </Group>
      {!account.servers && <PrincipalRequests account={account} />}
      <StateSection account={account} />
      <TodaySection account={account} />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Stack gap="md">
          <CapabilitiesSection account={account} />
          <OutboxSection account={account} />
          <FoldersSection account={account} />
          <ReconciliationSection account={account} />
          <AgentsSection account={account} />
          <NamesSection account={account} />
          <WritingSection account={account} />
          <AutomaticReplySection account={account} />
          <AddressesSection account={account} />
        </Stack>
        <Stack gap="md">
          {!account.servers && <AccessSection account={account} />}
          <ConnectionSection account={account} />
          {account.servers && <ServersSection account={account} servers={account.servers} />}
          <DetailsSection account={account} />
          <MailProcessingSection account={account} />
          <LimitsSection account={account} />
          <RemovalSection account={account} />
        </Stack>
      </SimpleGrid>
    </Page>
  )
}
