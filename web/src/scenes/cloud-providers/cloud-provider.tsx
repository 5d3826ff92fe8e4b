import { Button, Group, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useParams, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { getCloudProvidersIdOptions, type CloudProvider } from '../../api/client.ts'
import { ExplanationBlock } from '../../components/explanation-block.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { Page } from '../../components/page.tsx'
import { PageTabs, type PageTab } from '../../components/page-tabs.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { StateBadge } from '../../components/state-badge.tsx'
import { words } from '../../words/index.ts'
import { ShownCheck } from '../setup/check-result.tsx'
import { ProviderWorkOrder } from '../setup/provider-work-order.tsx'
import { ApplicationAccess } from './application-access.tsx'
import { ProviderActivity } from './provider-activity.tsx'
import { ProviderCredentials } from './provider-credentials.tsx'
import { ProviderDependents } from './provider-dependents.tsx'
import { ExpiryNotice } from './expiry-notice.tsx'
import { Grants } from './grants.tsx'
import { PROVIDER_TABS, type ProviderTab } from './provider-tabs.ts'
import { Registration } from './registration.tsx'
import { Removal } from './removal.tsx'

const text = words.cloudProviders

/** One registration: its state, its parts, and its dependents. */
export function CloudProviderPage() {
  const { cloudProviderId: id } = useParams({ from: '/signed-in/cloud-providers/$cloudProviderId' })
  const { tab } = useSearch({ from: '/signed-in/cloud-providers/$cloudProviderId' })
  const { data: provider, error, refetch } = useQuery(getCloudProvidersIdOptions({ path: { id } }))
  if (error && !provider) {
    return (
      <Page title={text.title}>
        <ProblemNotice error={error} onRetry={() => void refetch()} />
      </Page>
    )
  }
  if (!provider) {
    return (
      <Page title={text.title}>
        <LoadingRows rows={4} height={120} />
      </Page>
    )
  }
  return (
    <Page title={provider.name} actions={<StateBadge state={provider.state} />}>
      <ExpiryNotice provider={provider} />
      <PageTabs tabs={tabsOf(provider)} shown={tab} />
    </Page>
  )
}

function tabsOf(provider: CloudProvider): PageTab<ProviderTab>[] {
  const check = (
    <Section title={words.setup.check.title}>
      <ShownCheck provider={provider} />
      {provider.explanation && <ExplanationBlock explanation={provider.explanation} />}
    </Section>
  )
  const each: Record<ProviderTab, ReactNode> = {
    overview: (
      <>
        {check}
        <Registration provider={provider} />
        <ProviderDependents provider={provider} />
        <Removal provider={provider} />
      </>
    ),
    // With the check, which names a secret that Microsoft rejects.
    credentials: (
      <>
        <ProviderCredentials provider={provider} />
        {check}
      </>
    ),
    'sign-ins': <Grants provider={provider} />,
    access: (
      <>
        <ApplicationAccess provider={provider} />
        <Order provider={provider} />
      </>
    ),
    activity: <ProviderActivity id={provider.id} />,
  }
  return PROVIDER_TABS.map((name) => ({ name, label: text.tabs[name], content: <Stack gap="md">{each[name]}</Stack> }))
}

function Order({ provider }: { provider: CloudProvider }) {
  const [shown, { toggle }] = useDisclosure(false)
  return (
    <>
      <Section title={text.order}>
        <Group justify="space-between">
          <Text size="sm">{text.orderSentence}</Text>
          <Button size="xs" variant="default" onClick={toggle} aria-expanded={shown}>
            {shown ? text.orderHide : text.orderShow}
          </Button>
        </Group>
      </Section>
      {shown && <ProviderWorkOrder provider={provider} />}
    </>
  )
}
