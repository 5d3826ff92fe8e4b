import { Checkbox, Group, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import {
  getNotificationsPreferencesQueryKey,
  putNotificationsPreferencesIdMutation,
  type NotificationPreferences,
} from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import classes from './notifications.module.css'

type Choice = NotificationPreferences['emailAccounts'][number]
type Kind = Choice['kinds'][number]

const KINDS = Object.keys(words.notifications.kinds) as Kind[]

/** Kinds per mailbox. Each change is saved at once. */
export function KindChoices({ preferences }: { preferences: NotificationPreferences }) {
  const text = words.notifications
  const queryClient = useQueryClient()
  const refresh = useRefresh('notifications')
  const save = useMutation({ ...putNotificationsPreferencesIdMutation(), onError: () => void refresh() })
  const choose = ({ emailAccountId }: Choice, kinds: Kind[]) => {
    queryClient.setQueryData<NotificationPreferences>(
      getNotificationsPreferencesQueryKey(),
      (before) =>
        before && {
          ...before,
          emailAccounts: before.emailAccounts.map((each) =>
            each.emailAccountId === emailAccountId ? { ...each, kinds } : each,
          ),
        },
    )
    save.mutate({ path: { id: emailAccountId }, body: { kinds } })
  }
  const { emailAccounts } = preferences
  return (
    <Section title={text.mailboxes}>
      <Text size="sm" c="dimmed">
        {emailAccounts.length === 0 ? text.noMailbox : text.mailboxesHint}
      </Text>
      {save.error && <ProblemNotice error={save.error} />}
      {emailAccounts.map((choice) => (
        <Checkbox.Group
          key={choice.emailAccountId}
          className={classes.mailbox}
          label={choice.name}
          value={[...choice.kinds]}
          onChange={(chosen) => choose(choice, chosen)}
        >
          <Group gap="lg" mt={4}>
            {KINDS.map((kind) => (
              <Checkbox key={kind} value={kind} label={text.kinds[kind]} />
            ))}
          </Group>
        </Checkbox.Group>
      ))}
    </Section>
  )
}
