import { Button, Group, Switch, Text, TextInput } from '@mantine/core'
import { showNotice } from '../../components/show-notice.ts'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import {
  getEmailAccountsIdSenderChecksOptions,
  patchEmailAccountsIdMutation,
  type EmailAccount,
} from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { fieldFault } from '../../components/field-fault.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'

/** Grouping of messages into conversations, and the trusted server for sender checks. */
export function MailProcessingSection({ account }: { account: EmailAccount }) {
  const { id, joinsBySubject, assignsSender, servers } = account
  const { title, joins, joinsHint, assigns, assignsHint, byMicrosoft } = words.emailAccounts.processing
  const refresh = useRefresh('email-accounts')
  const save = useMutation({ ...patchEmailAccountsIdMutation(), onSuccess: refresh })
  return (
    <Section title={title}>
      <Switch
        label={joins}
        description={joinsHint}
        checked={(save.isPending ? save.variables.body.joinsBySubject : undefined) ?? joinsBySubject}
        disabled={save.isPending}
        onChange={({ currentTarget }) => save.mutate({ path: { id }, body: { joinsBySubject: currentTarget.checked } })}
      />
      <Switch
        label={assigns}
        description={assignsHint}
        checked={(save.isPending ? save.variables.body.assignsSender : undefined) ?? assignsSender}
        disabled={save.isPending}
        onChange={({ currentTarget }) => save.mutate({ path: { id }, body: { assignsSender: currentTarget.checked } })}
      />
      {save.error && <ProblemNotice error={save.error} />}
      {servers ? (
        <TrustedServer key={account.trustedAuthServId ?? ''} account={account} />
      ) : (
        <Text size="sm" c="dimmed">
          {byMicrosoft}
        </Text>
      )}
    </Section>
  )
}

function TrustedServer({ account: { id, trustedAuthServId = '' } }: { account: EmailAccount }) {
  const { trusted, trustedHint, proposal, take, none, save: saveWord, saved } = words.emailAccounts.processing
  const [name, setName] = useState(trustedAuthServId)
  const { data: checks } = useQuery(getEmailAccountsIdSenderChecksOptions({ path: { id } }))
  const refresh = useRefresh('email-accounts')
  const save = useMutation({
    ...patchEmailAccountsIdMutation(),
    onSuccess: async () => {
      showNotice({ message: saved })
      await refresh()
    },
  })
  const keep = (wanted: string) =>
    save.mutate({ path: { id }, body: { trustedAuthServId: wanted.trim() === '' ? null : wanted.trim() } })
  const proposed = checks?.proposed
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        keep(name)
      }}
    >
      <TextInput
        label={trusted}
        description={trustedHint}
        value={name}
        error={fieldFault(save.error, 'trustedAuthServId')}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      {proposed && proposed.name !== trustedAuthServId.toLowerCase() && (
        <Group gap="xs" mt="xs">
          <Text size="sm">{proposal(proposed.name, proposed.count, checks.checked)}</Text>
          <Button size="compact-sm" variant="default" loading={save.isPending} onClick={() => keep(proposed.name)}>
            {take}
          </Button>
        </Group>
      )}
      {checks && !proposed && trustedAuthServId === '' && (
        <Text size="sm" c="dimmed" mt="xs">
          {none}
        </Text>
      )}
      {save.error && <ProblemNotice error={save.error} />}
      {name !== trustedAuthServId && (
        <Group gap="xs" mt="xs">
          <Button type="submit" size="xs" loading={save.isPending}>
            {saveWord}
          </Button>
          <Button size="xs" variant="default" onClick={() => setName(trustedAuthServId)}>
            {words.cancel}
          </Button>
        </Group>
      )}
    </form>
  )
}
