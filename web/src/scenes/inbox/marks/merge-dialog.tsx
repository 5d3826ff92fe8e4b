import { Radio, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import {
  type Address,
  type Conversation,
  getConversationsIdCustomerOptions,
  getConversationsOptions,
  postConversationsIdMerge,
} from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { endAwaiting } from '../../../keyboard/awaited-field.ts'
import { words } from '../../../words/index.ts'
import { displayName } from '../display-names.ts'
import { FocusReturn } from '../../../components/focus-return.ts'

const MOST_NAMED = 3
const MOST_SHOWN = 8
const TYPING_MS = 250

/** Merges this conversation into a chosen one. */
export function MergeDialog(props: { conversation: Conversation; opened: boolean; onClose: () => void }) {
  const { conversation, opened, onClose } = props
  const { merge } = words.marks
  const [typed, setTyped] = useState('')
  const [search] = useDebouncedValue(typed.trim(), TYPING_MS)
  const [into, setInto] = useState<string | null>(null)
  const refresh = useRefresh('conversations', 'events')
  const navigate = useNavigate()
  const { data, error } = useQuery({
    ...getConversationsOptions({
      query: {
        view: 'all',
        emailAccountId: conversation.emailAccountId,
        limit: MOST_SHOWN + 1,
        ...(search !== '' && { search }),
      },
    }),
    enabled: opened,
  })
  const { data: known } = useQuery({
    ...getConversationsIdCustomerOptions({ path: { id: conversation.id } }),
    enabled: opened,
  })
  // The customer's own conversations first, until something is typed.
  const ofCustomer = (search === '' && known?.customer?.conversations) || []
  const suggested = ofCustomer.filter(({ emailAccountId }) => emailAccountId === conversation.emailAccountId)
  const first = new Set([conversation.id, ...suggested.map(({ id }) => id)])
  const others = data && [...suggested, ...data.conversations.filter(({ id }) => !first.has(id))].slice(0, MOST_SHOWN)
  const work = useMutation({
    mutationFn: (target: string) =>
      postConversationsIdMerge({ path: { id: conversation.id }, body: { into: target }, throwOnError: true }),
    onSuccess: ({ data: merged }) => {
      onClose()
      void refresh()
      void navigate({ to: '/inbox/$conversationId', params: { conversationId: merged.id } })
    },
  })
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={merge.title}
      sentence={merge.sentence}
      confirm={merge.confirm}
      waiting={into === null || !others?.some(({ id }) => id === into)}
      busy={work.isPending}
      error={work.error}
      onConfirm={() => into !== null && work.mutate(into)}
    >
      <FocusReturn />
      <TextInput
        type="search"
        label={merge.search}
        value={typed}
        data-autofocus
        onFocus={endAwaiting}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      />
      {error && <ProblemNotice error={error} />}
      {others?.length === 0 && <Text size="sm">{merge.none}</Text>}
      <Radio.Group value={into} onChange={setInto} label={merge.choose}>
        <Stack gap="xs" mt="xs">
          {others?.map((one) => (
            <Radio
              key={one.id}
              value={one.id}
              label={<bdi>{one.subject || words.inbox.noSubject}</bdi>}
              description={participantNames(one.participants)}
              styles={{ label: { overflowWrap: 'anywhere' }, description: { color: 'var(--mantine-color-dimmed)' } }}
            />
          ))}
        </Stack>
      </Radio.Group>
    </ConfirmDialog>
  )
}

/** The first few names, as in a list. */
function participantNames(people: readonly Address[]): string {
  const named = people.slice(0, MOST_NAMED).map(displayName).join(', ')
  return people.length > MOST_NAMED ? `${named} …` : named
}
