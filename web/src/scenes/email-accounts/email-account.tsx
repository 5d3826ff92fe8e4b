import { Anchor, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { getEmailAccountsIdOptions, type EmailAccount } from '../../api/client.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { Page } from '../../components/page.tsx'
import { PageTabs, type PageTab } from '../../components/page-tabs.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import { TodaySection } from '../health/today-section.tsx'
import { ACCOUNT_TABS, type AccountTab } from './account-tabs.ts'
import { AccountKey } from './account-row.tsx'
import { DetailsSection } from './details-section.tsx'
import { MailRetentionSection } from '../retention/mail-retention-section.tsx'
import { EarlierSection } from './earlier-section.tsx'
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
import { AccountActionsSection } from './account-actions-section.tsx'
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
  const { tab } = useSearch({ from: '/signed-in/email-accounts/$emailAccountId' })
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
      <PageTabs tabs={tabsOf(account)} shown={tab} />
    </Page>
  )
}

function tabsOf(account: EmailAccount): PageTab<AccountTab>[] {
  const { tabs } = words.emailAccounts
  const each: Record<AccountTab, ReactNode> = {
    overview: (
      <>
        <StateSection account={account} />
        <Columns>
          <CapabilitiesSection account={account} />
          <DetailsSection account={account} />
        </Columns>
      </>
    ),
    connection: (
      <>
        {!account.servers && <AccessSection account={account} />}
        <ConnectionSection account={account} />
        {account.servers && <ServersSection account={account} servers={account.servers} />}
        <RemovalSection account={account} />
      </>
    ),
    import: (
      <>
        <FoldersSection account={account} />
        <EarlierSection account={account} />
        <MailRetentionSection account={account} />
        <Columns>
          <ReconciliationSection account={account} />
          <MailProcessingSection account={account} />
        </Columns>
      </>
    ),
    sending: (
      <>
        <OutboxSection account={account} />
        <NamesSection account={account} />
        <WritingSection account={account} />
        <Columns>
          <AddressesSection account={account} />
          <AutomaticReplySection account={account} />
        </Columns>
        <LimitsSection account={account} />
      </>
    ),
    actions: <AccountActionsSection account={account} />,
    agents: <AgentsSection account={account} />,
    activity: <TodaySection account={account} />,
  }
  return ACCOUNT_TABS.map((name) => ({ name, label: tabs[name], content: <Stack gap="md">{each[name]}</Stack> }))
}

function Columns({ children }: { children: ReactNode }) {
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md" style={{ alignItems: 'start' }}>
      {children}
    </SimpleGrid>
  )
}
