import { Anchor, Code, Group, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { CloudProvider } from '../../api/client.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { Facts } from '../../components/facts.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { isWaiting, isWrong, ShownCheck } from './check-result.tsx'
import { CorrectRegistration } from './correct-registration.tsx'
import { ProviderProof } from './provider-proof.tsx'

const text = words.setup.check

/** Check of an existing Cloud Provider: Microsoft's result for each part, and the fixes. */
export function ProviderCheck({ provider }: { provider: CloudProvider }) {
  const { id, name, tenantId, clientId } = provider
  const { provider: fields } = words.setup
  const wrongIds = isWrong(provider, 'tenant') || isWrong(provider, 'client')
  const isAwaited = isWaiting(provider)
  const needsProof = isWrong(provider, 'credential') || isAwaited
  return (
    <Stack>
      <Facts
        facts={[
          [fields.name, name],
          [fields.clientId, <Code key="client">{clientId}</Code>],
          [fields.tenantId, <Code key="tenant">{tenantId}</Code>],
        ]}
      />
      <Section title={text.title}>
        <ShownCheck provider={provider} />
      </Section>
      {needsProof && !wrongIds && <ProviderProof provider={provider} />}
      {wrongIds && !provider.workedAt && (
        <CorrectRegistration key={`${clientId} ${tenantId} ${provider.cloud}`} provider={provider} />
      )}
      {!isWrong(provider) && !isAwaited && provider.lastCheck && (
        <Group>
          <ButtonLink to="/set-up" search={{ step: 'c', provider: id }}>
            {text.goOn}
          </ButtonLink>
          <Text size="sm">{text.well}</Text>
        </Group>
      )}
      <Anchor component={Link} to={`/cloud-providers/${id}`} size="sm">
        {text.look}
      </Anchor>
    </Stack>
  )
}
