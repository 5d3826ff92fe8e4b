import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import {
  getCloudsOptions,
  patchCloudProvidersId,
  postCloudProvidersIdCheck,
  type CheckResult,
  type CloudProvider,
} from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { fieldFault } from '../../components/field-fault.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { isEntraId } from './suggestions.ts'
import { TwoColumns } from './two-columns.tsx'

const text = words.setup.check
const FIELDS = [
  ['clientId', 'client'],
  ['tenantId', 'tenant'],
] as const

/** Form to correct the IDs of a registration that Microsoft doesn't know. All else is kept, including the secret. */
export function CorrectRegistration({ provider }: { provider: CloudProvider }) {
  const { id } = provider
  const refresh = useRefresh('cloud-providers')
  const clouds = useQuery({ ...getCloudsOptions(), staleTime: Infinity }).data?.clouds ?? []
  const [entry, setEntry] = useState({
    cloud: provider.cloud,
    clientId: provider.clientId,
    tenantId: provider.tenantId,
  })
  const [tried, setTried] = useState(false)
  const correct = useOnce({
    mutationFn: async () => {
      const { cloud, clientId, tenantId } = entry
      const body = { cloud, clientId: clientId.trim(), tenantId: tenantId.trim() }
      await patchCloudProvidersId({ path: { id }, body })
      await postCloudProvidersIdCheck({ path: { id } }).catch(() => undefined)
    },
    onSuccess: () => refresh(),
  })
  const { error } = correct
  const isReady = FIELDS.every(([field]) => isEntraId(entry[field]))
  // Microsoft's response is about the checked IDs.
  const wrongOf = (field: 'clientId' | 'tenantId', what: 'client' | 'tenant') =>
    (tried && !isEntraId(entry[field]) && words.setup.provider.idWrong) ||
    fieldFault(error, field) ||
    (entry[field] === provider[field] && faultOf(provider, what))
  return (
    <Section title={text.correct}>
      <Text size="sm">{text.correctSentence}</Text>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          setTried(true)
          if (isReady) correct.mutate()
        }}
      >
        <Stack>
          {error && <ProblemNotice error={error} />}
          <NativeSelect
            label={words.setup.register.cloud}
            value={entry.cloud}
            onChange={({ currentTarget }) => setEntry({ ...entry, cloud: currentTarget.value })}
            data={clouds.map((cloud) => ({ value: cloud.id, label: cloud.name }))}
          />
          <TwoColumns>
            {FIELDS.map(([field, what]) => (
              <TextInput
                key={field}
                label={words.setup.provider[field]}
                description={words.setup.provider.idHint}
                required
                autoComplete="off"
                spellCheck={false}
                value={entry[field]}
                onChange={({ currentTarget }) => setEntry({ ...entry, [field]: currentTarget.value })}
                error={wrongOf(field, what)}
              />
            ))}
          </TwoColumns>
          <Group>
            <Button type="submit" loading={correct.isPending}>
              {text.correctButton}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  )
}

function faultOf({ lastCheck }: CloudProvider, what: CheckResult['lines'][number]['what']): string | undefined {
  return lastCheck?.lines.find((line) => line.what === what && line.outcome === 'wrong')?.title
}
