import { Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import {
  getConversationsIdCustomerQueryKey,
  putConversationsIdCustomerNote,
  type CustomerNote as Note,
} from '../../../api/client.ts'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { Time } from '../../../components/time.tsx'
import { words } from '../../../words/index.ts'

interface CustomerNoteProps {
  conversationId: string
  note: Note
  author: string | undefined
}

/** Note of the team about a customer, in every conversation with the address. */
export function CustomerNote({ conversationId, note, author }: CustomerNoteProps) {
  const [text, setText] = useState(note.body)
  const queryClient = useQueryClient()
  const texts = words.customer
  const queryKey = getConversationsIdCustomerQueryKey({ path: { id: conversationId } })
  const save = useMutation({
    mutationFn: (body: string) =>
      putConversationsIdCustomerNote({
        path: { id: conversationId },
        body: { body, version: note.version },
        throwOnError: true,
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey }),
  })
  const isChanged = text.trim() !== note.body
  return (
    <Stack gap={4}>
      <Textarea
        size="xs"
        label={texts.note}
        placeholder={texts.notePlaceholder}
        autosize
        minRows={1}
        maxRows={10}
        maxLength={5000}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      {author !== undefined && note.updatedAt !== undefined && !isChanged && (
        <Text size="xs" c="dimmed">
          {author}, <Time at={note.updatedAt} />
        </Text>
      )}
      {save.error && <ProblemNotice error={save.error} />}
      {isChanged && (
        <Group gap="xs">
          <Button size="compact-xs" loading={save.isPending} onClick={() => save.mutate(text.trim())}>
            {texts.saveNote}
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => setText(note.body)}>
            {texts.cancel}
          </Button>
        </Group>
      )}
    </Stack>
  )
}
