import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { showNotice } from '../../../components/show-notice.ts'
import { useState } from 'react'
import {
  deleteEmailAccountsIdAliasesAddressMutation,
  postEmailAccountsIdAliasesAddressTryMutation,
  postEmailAccountsIdAliasesMutation,
  postEmailAccountsIdAliasesReadMutation,
  type Alias,
  type EmailAccount,
} from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { useOnce } from '../../../api/use-once.ts'
import { fieldFault } from '../../../components/field-fault.ts'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { Section } from '../../../components/section.tsx'
import { Time } from '../../../components/time.tsx'
import { words } from '../../../words/index.ts'

const text = words.addresses

/** Other addresses of the mailbox: from the server, or entered and tested. */
export function AddressesSection({ account }: { account: EmailAccount }) {
  const { id, aliases, cloudProviderId } = account
  const path = { id }
  const refresh = useRefresh('email-accounts')
  const [wanted, setWanted] = useState('')
  const read = useOnce({
    ...postEmailAccountsIdAliasesReadMutation(),
    onSuccess: async () => {
      showNotice({ message: text.readDone })
      await refresh()
    },
  })
  const add = useOnce({
    ...postEmailAccountsIdAliasesMutation(),
    onSuccess: async () => {
      setWanted('')
      // The error asked to enter it here, which has now happened.
      read.reset()
      await refresh()
    },
  })
  const fault = fieldFault(add.error, 'address')
  return (
    <Section
      title={text.title}
      actions={
        cloudProviderId !== undefined && (
          <Button size="xs" variant="default" loading={read.isPending} onClick={() => read.mutate({ path })}>
            {text.read}
          </Button>
        )
      }
    >
      <Text size="sm">{text.sentence}</Text>
      {read.error && <ProblemNotice error={read.error} />}
      {aliases.length === 0 && (
        <Text size="sm" c="dimmed">
          {text.none}
        </Text>
      )}
      {aliases.map((alias) => (
        <AddressRow key={alias.address} id={id} alias={alias} />
      ))}
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (wanted.trim() !== '') add.mutate({ path, body: { address: wanted.trim() } })
        }}
      >
        <Group gap="xs" align="flex-end">
          <TextInput
            label={text.addLabel}
            type="email"
            style={{ flex: '1 1 10rem' }}
            value={wanted}
            error={fault}
            onChange={({ currentTarget }) => setWanted(currentTarget.value)}
          />
          <Button type="submit" variant="default" loading={add.isPending}>
            {text.add}
          </Button>
        </Group>
      </form>
      {add.error && fault === undefined && <ProblemNotice error={add.error} />}
    </Section>
  )
}

function AddressRow({ id, alias: { address, source, trial } }: { id: string; alias: Alias }) {
  const path = { id, address }
  const refresh = useRefresh('email-accounts')
  const tryOut = useOnce({ ...postEmailAccountsIdAliasesAddressTryMutation(), onSuccess: refresh })
  const remove = useOnce({ ...deleteEmailAccountsIdAliasesAddressMutation(), onSuccess: refresh })
  const works = trial?.envelope === 'mailbox' ? text.worksByMailbox : text.works
  return (
    <Stack gap={4}>
      <Group justify="space-between" align="flex-start">
        <div style={{ minWidth: 0, flex: '1 1 12rem' }}>
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {address}
          </Text>
          <Text size="xs" c="dimmed">
            {text.sources[source]} · {trial ? (trial.outcome === 'ok' ? works : trial.title) : text.untried}
            {trial && (
              <>
                {' · '}
                {text.tried} <Time at={trial.at} />
              </>
            )}
          </Text>
        </div>
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            aria-label={text.tryOf(address)}
            title={text.tryHint}
            loading={tryOut.isPending}
            onClick={() => tryOut.mutate({ path })}
          >
            {text.try}
          </Button>
          <Button
            size="xs"
            variant="default"
            aria-label={text.removeOf(address)}
            loading={remove.isPending}
            onClick={() => remove.mutate({ path })}
          >
            {text.remove}
          </Button>
        </Group>
      </Group>
      {trial?.outcome === 'wrong' && (
        <Text size="sm">
          {trial.fix} {trial.detail !== undefined && text.serverSaid(trial.detail)}
        </Text>
      )}
      {tryOut.error && <ProblemNotice error={tryOut.error} />}
      {remove.error && <ProblemNotice error={remove.error} />}
    </Stack>
  )
}
