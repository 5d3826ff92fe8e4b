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
  /** A text that is being written stays when a colleague changes the note; `version` is the one it started from. */
  const [written, setWritten] = useState<Pick<Note, 'body' | 'version'>>()
  const text = written?.body ?? note.body
  const queryClient = useQueryClient()
  const texts = words.customer
  const queryKey = getConversationsIdCustomerQueryKey({ path: { id: conversationId } })
  const save = useMutation({
    mutationFn: (body: Pick<Note, 'body' | 'version'>) =>
      putConversationsIdCustomerNote({ path: { id: conversationId }, body, throwOnError: true }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey })
      setWritten(undefined)
    },
    // The note of a colleague, which *Cancel* shows.
    onError: () => queryClient.invalidateQueries({ queryKey }),
  })
  const isChanged = written !== undefined && written.body.trim() !== note.body
  const cancel = () => {
    setWritten(undefined)
    save.reset()
  }
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
        onChange={({ currentTarget: { value } }) =>
          setWritten(value === note.body ? undefined : { body: value, version: written?.version ?? note.version })
        }
      />
      {author !== undefined && note.updatedAt !== undefined && !isChanged && (
        <Text size="xs" c="dimmed">
          {author}, <Time at={note.updatedAt} />
        </Text>
      )}
      {save.error && <ProblemNotice error={save.error} />}
      {isChanged && (
        <Group gap="xs">
          <Button
            size="compact-xs"
            loading={save.isPending}
            onClick={() => save.mutate({ ...written, body: written.body.trim() })}
          >
            {texts.saveNote}
          </Button>
          <Button size="compact-xs" variant="default" onClick={cancel}>
            {texts.cancel}
          </Button>
        </Group>
      )}
    </Stack>
  )
}
