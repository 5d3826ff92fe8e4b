import { Anchor, Button, Code, Group, Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { deleteCloudProvidersIdMutation, getCloudProvidersQueryKey, type CloudProvider } from '../../api/client.ts'
import { useOnce } from '../../api/use-once.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { Facts } from '../../components/facts.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { isWaiting, isWrong, ShownCheck } from './check-result.tsx'
import { ProviderProof } from './provider-proof.tsx'
import { NEW } from './set-up-search.ts'

const text = words.setUp.check

/** The Cloud Provider that is there: what Microsoft says to each part of it, and how to put right what is wrong. */
export function ProviderCheck({ provider }: { provider: CloudProvider }) {
  const { id, name, tenantId, clientId } = provider
  const { provider: fields } = words.setUp
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
      {wrongIds && <StartOver provider={provider} />}
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

function StartOver({ provider: { id } }: { provider: CloudProvider }) {
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const [gone, setGone] = useState(false)
  const remove = useOnce({
    ...deleteCloudProvidersIdMutation(),
    onSuccess: async () => {
      setGone(true)
      await navigate({ to: '/set-up', search: { step: 'b', provider: NEW } })
      await queryClient.invalidateQueries({ queryKey: getCloudProvidersQueryKey() })
    },
  })
  return (
    <Section title={text.startOver}>
      <Text size="sm">{text.startOverSentence}</Text>
      {remove.error && <ProblemNotice error={remove.error} />}
      <Group>
        <Button variant="default" loading={remove.isPending || gone} onClick={() => remove.mutate({ path: { id } })}>
          {text.startOver}
        </Button>
      </Group>
    </Section>
  )
}
