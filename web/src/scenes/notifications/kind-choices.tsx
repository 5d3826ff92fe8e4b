import { Checkbox, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { putNotificationsPreferencesIdMutation, type NotificationPreferences } from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import classes from './notifications.module.css'

type Choice = NotificationPreferences['emailAccounts'][number]
type Kind = Choice['kinds'][number]

const KINDS = Object.keys(words.notifications.kinds) as Kind[]

/** Kinds per mailbox. Each change is saved at once. */
export function KindChoices({ preferences: { emailAccounts } }: { preferences: NotificationPreferences }) {
  const text = words.notifications
  return (
    <Section title={text.mailboxes}>
      <Text size="sm" c="dimmed">
        {emailAccounts.length === 0 ? text.noMailbox : text.mailboxesHint}
      </Text>
      {emailAccounts.map((choice) => (
        <KindChoice key={choice.emailAccountId} choice={choice} />
      ))}
    </Section>
  )
}

function KindChoice({ choice: { emailAccountId: id, name, kinds: stored } }: { choice: Choice }) {
  const [kinds, setKinds] = useState(stored)
  const refresh = useRefresh('notifications')
  const save = useMutation({
    ...putNotificationsPreferencesIdMutation(),
    // Changes reach the server in their order.
    scope: { id: `notification-kinds-${id}` },
    onSuccess: refresh,
    onError: () => setKinds(stored),
  })
  return (
    <Stack gap="xs" className={classes.mailbox}>
      {save.error && <ProblemNotice error={save.error} />}
      <Checkbox.Group
        label={name}
        value={[...kinds]}
        onChange={(chosen) => {
          setKinds(chosen)
          save.mutate({ path: { id }, body: { kinds: chosen } })
        }}
      >
        <Group gap="lg" mt={4}>
          {KINDS.map((kind) => (
            <Checkbox key={kind} value={kind} label={words.notifications.kinds[kind]} />
          ))}
        </Group>
      </Checkbox.Group>
    </Stack>
  )
}
