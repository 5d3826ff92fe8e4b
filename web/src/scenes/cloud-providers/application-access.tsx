import { Alert, Button, Group, List, Text, TextInput } from '@mantine/core'
import { showNotice } from '../../components/show-notice.ts'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import {
  getCloudProvidersIdApplicationAccessOptions,
  patchCloudProvidersId,
  postCloudProvidersIdCheck,
  type CloudProvider,
  type GetCloudProvidersIdApplicationAccessResponse,
} from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { fieldFault } from '../../components/field-fault.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { Script } from '../setup/script.tsx'

const text = words.cloudProviders.application

type Organization = GetCloudProvidersIdApplicationAccessResponse['organizations'][number]

/** Mailboxes the application may open without a sign-in, their limit in Exchange, and the check of that limit. */
export function ApplicationAccess({ provider }: { provider: CloudProvider }) {
  const { data } = useQuery(getCloudProvidersIdApplicationAccessOptions({ path: { id: provider.id } }))
  if (provider.application === 'all-mailboxes') return <AllOfThem byImap={data?.organizations ?? []} />
  const opensSome = data?.organizations.some(({ commands }) => commands !== undefined) ?? false
  return provider.application === undefined && !opensSome ? <PeopleOnly /> : <ChosenOnes provider={provider} />
}

function PeopleOnly() {
  return (
    <Section title={text.peopleTitle}>
      <Text size="sm">{text.people}</Text>
    </Section>
  )
}

function AllOfThem({ byImap }: { byImap: readonly Organization[] }) {
  return (
    <Section title={text.everyTitle}>
      <Text size="sm">{text.every}</Text>
      {byImap.map((organization) => (
        <ByImap key={organization.tenantId} organization={organization} />
      ))}
    </Section>
  )
}

function ChosenOnes({ provider }: { provider: CloudProvider }) {
  const { data, error, refetch } = useQuery(getCloudProvidersIdApplicationAccessOptions({ path: { id: provider.id } }))
  const opened = data?.organizations.filter(({ commands }) => commands !== undefined)
  const tooWide = provider.lastCheck?.lines.find(
    ({ what, outcome }) => what === 'other-mailboxes' && outcome === 'wrong',
  )
  return (
    <Section title={text.title}>
      {tooWide && (
        <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} title={tooWide.title}>
          <Text size="sm">{tooWide.fix}</Text>
        </Alert>
      )}
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {opened?.length === 0 && <Text size="sm">{text.none}</Text>}
      {opened?.map((organization) => (
        <div key={organization.tenantId}>
          <Text size="sm">{text.sentence}</Text>
          <List size="sm" my="xs" aria-label={text.opens}>
            {organization.emailAccounts.map(({ id, name, address }) => (
              <List.Item key={id}>
                {name} · {address}
              </List.Item>
            ))}
          </List>
          <Script name={text.commands} sentence={text.commandsHint} script={organization.commands ?? ''} />
          <Text size="sm" mt="xs">
            {text.warning}
          </Text>
          <ByImap organization={organization} />
        </div>
      ))}
      {(opened?.length ?? 0) > 0 && <Probe key={provider.probeAddress ?? ''} provider={provider} />}
    </Section>
  )
}

/** Commands for mailboxes read with IMAP, which Exchange authorizes differently. */
function ByImap({ organization: { imapCommands } }: { organization: Organization }) {
  if (imapCommands === undefined) return undefined
  return <Script name={text.imapCommands} sentence={text.imapCommandsHint} script={imapCommands} />
}

function Probe({ provider: { id, probeAddress } }: { provider: CloudProvider }) {
  const [address, setAddress] = useState(probeAddress ?? '')
  const refresh = useRefresh('cloud-providers')
  const save = useOnce({
    mutationFn: async () => {
      const wanted = address.trim()
      await patchCloudProvidersId({ path: { id }, body: { probeAddress: wanted === '' ? null : wanted } })
      await postCloudProvidersIdCheck({ path: { id } })
    },
    onSuccess: async () => {
      showNotice({ message: text.saved })
      await refresh()
    },
  })
  const wrong = fieldFault(save.error, 'probeAddress')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      {save.error && wrong === undefined && <ProblemNotice error={save.error} />}
      <Group align="flex-end">
        <TextInput
          type="email"
          label={text.probe}
          description={text.probeHint}
          autoComplete="off"
          value={address}
          onChange={({ currentTarget }) => setAddress(currentTarget.value)}
          error={wrong}
        />
        <Button type="submit" size="sm" variant="default" loading={save.isPending}>
          {text.save}
        </Button>
      </Group>
    </form>
  )
}
