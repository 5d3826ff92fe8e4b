import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { getSubmissionsOptions, postSubmissionsIdCancel, type Submission } from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { clock } from '../../clock.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { exactTime, upcomingTime } from '../../components/time-text.ts'
import { words } from '../../words/index.ts'
import { useOpenDraft } from './composer/start-draft.ts'
import { displayName } from './display-names.ts'
import { ListFrame } from './list-frame.tsx'

/** Messages that are sent later, the next first, in place of the list of conversations. */
export function ScheduledList() {
  const query = useQuery(getSubmissionsOptions({ query: { view: 'scheduled' } }))
  const submissions = query.data?.submissions
  const { title, timeZone, empty } = words.inbox.scheduled
  const hint = timeZone(Intl.DateTimeFormat().resolvedOptions().timeZone)
  return (
    <ListFrame title={title} hint={hint} query={query} count={submissions?.length} empty={empty}>
      <Stack gap={0} component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
        {submissions?.map((submission) => (
          <li key={submission.id}>
            <Scheduled submission={submission} />
          </li>
        ))}
      </Stack>
    </ListFrame>
  )
}

function Scheduled({ submission }: { submission: Submission }) {
  const { id, content, conversationId, sendAt } = submission
  const { scheduled, noSubject } = words.inbox
  const refresh = useRefresh('conversations', 'submissions', 'drafts')
  const openDraft = useOpenDraft()
  const cancel = useMutation({
    mutationFn: async () => (await postSubmissionsIdCancel({ path: { id } })).data,
    onSuccess: async ({ draftId, conversationId: there }) => {
      void refresh()
      await openDraft({ id: draftId, ...(there !== undefined && { conversationId: there }) })
    },
    onError: () => void refresh(),
  })
  const at = new Date(sendAt!)
  const subject = content.subject || noSubject
  return (
    <Stack gap={2} px="sm" py={8}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="sm" fw={600} truncate dir="auto">
          {[...content.to, ...content.cc, ...content.bcc].map(displayName).join(', ')}
        </Text>
        <Text size="xs" style={{ flex: 'none' }}>
          <time dateTime={sendAt} title={exactTime(at)}>
            {upcomingTime(at, clock.now())}
          </time>
        </Text>
      </Group>
      <Text size="sm" truncate dir="auto">
        {conversationId === undefined ? (
          subject
        ) : (
          <Anchor component={Link} to={`/inbox/${conversationId}`} inherit>
            {subject}
          </Anchor>
        )}
      </Text>
      {cancel.error && <ProblemNotice error={cancel.error} />}
      <Group>
        <Button size="compact-xs" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
          {scheduled.cancel}
        </Button>
      </Group>
    </Stack>
  )
}
