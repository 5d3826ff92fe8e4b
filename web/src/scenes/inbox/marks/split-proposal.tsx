import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { postConversationsIdSplit, postMessagesIdKeepTogether, type Message } from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { Warning } from '../../../components/warning.tsx'
import { words } from '../../../words/index.ts'

/** Proposal to split off a reply with a different subject, for the user to decide. */
export function SplitProposal({ message }: { message: Message }) {
  const { split } = words.marks
  const doSplit = useSplit(message.conversationId)
  const refresh = useRefresh('conversations')
  const keep = useMutation({
    mutationFn: () => postMessagesIdKeepTogether({ path: { id: message.id } }),
    onSuccess: () => void refresh(),
  })
  const error = doSplit.error ?? keep.error
  return (
    <Warning title={split.title}>
      <Stack gap="xs">
        <Text size="sm">{split.sentence(message.subject)}</Text>
        {error != null && <ProblemNotice error={error} />}
        <Group gap="xs">
          <Button
            size="compact-sm"
            variant="default"
            loading={doSplit.isPending}
            onClick={() => doSplit.mutate([message.id])}
          >
            {split.doSplit}
          </Button>
          <Button size="compact-sm" variant="default" loading={keep.isPending} onClick={() => keep.mutate()}>
            {split.keep}
          </Button>
        </Group>
      </Stack>
    </Warning>
  )
}

/** Splits the conversation and opens the new one. */
export function useSplit(conversationId: string) {
  const refresh = useRefresh('conversations', 'events')
  const navigate = useNavigate()
  return useMutation({
    mutationFn: (messageIds: string[]) =>
      postConversationsIdSplit({ path: { id: conversationId }, body: { messageIds }, throwOnError: true }),
    onSuccess: ({ data }) => {
      void refresh()
      void navigate({ to: '/inbox/$conversationId', params: { conversationId: data.id } })
    },
  })
}
