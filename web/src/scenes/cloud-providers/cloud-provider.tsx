import { Button, Group, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { getCloudProvidersIdOptions, type CloudProvider } from '../../api/client.ts'
import { ExplanationBlock } from '../../components/explanation-block.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { Page } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { StateBadge } from '../../components/state-badge.tsx'
import { words } from '../../words/index.ts'
import { ShownCheck } from '../setup/check-result.tsx'
import { ProviderWorkOrder } from '../setup/provider-work-order.tsx'
import { ApplicationAccess } from './application-access.tsx'
import { ProviderCredentials } from './provider-credentials.tsx'
import { ProviderDependents } from './provider-dependents.tsx'
import { ExpiryNotice } from './expiry-notice.tsx'
import { Grants } from './grants.tsx'
import { Registration } from './registration.tsx'
import { Removal } from './removal.tsx'

const text = words.cloudProviders

/** One registration: its state, its parts, and its dependents. */
export function CloudProviderPage() {
  const { cloudProviderId: id } = useParams({ from: '/signed-in/cloud-providers/$cloudProviderId' })
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
      <Section title={words.setup.check.title}>
        <ShownCheck provider={provider} />
        {provider.explanation && <ExplanationBlock explanation={provider.explanation} />}
      </Section>
      <Registration provider={provider} />
      <ProviderCredentials provider={provider} />
      <ProviderDependents provider={provider} />
      <ApplicationAccess provider={provider} />
      <Grants provider={provider} />
      <Order provider={provider} />
      <Removal provider={provider} />
    </Page>
  )
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
