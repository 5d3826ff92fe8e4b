import { Anchor, Button, Group, Paper, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { postMessagesIdReadAgain, type Message } from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'

/** One message: its reason and actions. */
export function QuarantinedMessage({ message }: { message: Message }) {
  const { id, conversationId, subject, from, receivedAt } = message
  const { reason, detail } = message.marks.quarantine ?? { reason: 'unreadable' as const, detail: '' }
  const { noSubject, noSender, open, still } = words.quarantine
  const { quarantine, source } = words.marks
  const refresh = useRefresh('conversations', 'messages', 'email-accounts')
  const again = useMutation({
    mutationFn: () => postMessagesIdReadAgain({ path: { id } }),
    onSuccess: () => void refresh(),
  })
  return (
    <Paper withBorder p="sm">
      <Stack gap={6}>
        <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
          <bdi>{subject || noSubject}</bdi>
        </Text>
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          <bdi>{from ? from.name || from.address : noSender}</bdi> · <Time at={receivedAt} />
        </Text>
        <Text size="sm">
          {quarantine.reasons[reason]} {detail !== '' && `(${detail})`}
        </Text>
        {again.error != null && <ProblemNotice error={again.error} />}
        {again.isSuccess && <Text size="sm">{still}</Text>}
        <Group gap="xs">
          <Button size="compact-sm" variant="default" loading={again.isPending} onClick={() => again.mutate()}>
            {quarantine.readAgain}
          </Button>
          <Button component="a" size="compact-sm" variant="default" href={`/v1/messages/${id}/source`} download>
            {source}
          </Button>
          <Anchor component={Link} to={`/inbox/${conversationId}`} size="sm">
            {open}
          </Anchor>
        </Group>
      </Stack>
    </Paper>
  )
}
