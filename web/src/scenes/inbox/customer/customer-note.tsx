import { Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import {
  getConversationsIdCustomerQueryKey,
  putConversationsIdCustomerNote,
  type CustomerNote as Note,
  type GetConversationsIdCustomerResponse,
} from '../../../api/client.ts'
import { toProblem } from '../../../api/problem.ts'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { Time } from '../../../components/time.tsx'
import { words } from '../../../words/index.ts'
import { useFocusAfterRemoval } from '../../../components/focus-return.ts'
import { leftAfterSave, onTopOf, unsavedNotes, type WrittenNote } from './written-note.ts'

interface CustomerNoteProps {
  conversationId: string
  note: Note
  author: string | undefined
}

/** Note of the team about a customer, in every conversation with the address. */
export function CustomerNote({ conversationId, note, author }: CustomerNoteProps) {
  /** A text that is being written stays when a colleague changes the note; `version` is the one it started from. */
  const [written, setWritten] = useState(() => unsavedNotes.find(conversationId))
  const write = (change: (now: WrittenNote | undefined) => WrittenNote | undefined) =>
    setWritten(unsavedNotes.change(conversationId, change))
  const field = useRef<HTMLTextAreaElement>(null)
  const text = written?.body ?? note.body
  const queryClient = useQueryClient()
  const texts = words.customer
  const queryKey = getConversationsIdCustomerQueryKey({ path: { id: conversationId } })
  const save = useMutation({
    mutationFn: async (body: WrittenNote) =>
      (await putConversationsIdCustomerNote({ path: { id: conversationId }, body, throwOnError: true })).data,
    onSuccess: async (saved, sent) => {
      await queryClient.invalidateQueries({ queryKey })
      write((now) => leftAfterSave(now, sent, saved))
    },
    onError: async (error) => {
      if (!isConflict(error)) return
      await queryClient.invalidateQueries({ queryKey })
      const theirs = queryClient.getQueryData<GetConversationsIdCustomerResponse>(queryKey)?.customer?.note
      write((now) => onTopOf(theirs, now))
    },
  })
  const isChanged = written !== undefined && written.body.trim() !== note.body
  useFocusAfterRemoval(isChanged, field)
  const cancel = () => {
    write(() => undefined)
    save.reset()
  }
  return (
    <Stack gap={4}>
      <Textarea
        ref={field}
        size="xs"
        label={texts.note}
        placeholder={texts.notePlaceholder}
        autosize
        minRows={1}
        maxRows={10}
        maxLength={5000}
        value={text}
        onChange={({ currentTarget: { value } }) =>
          // During a save, the old text too is input, which replaces the saved one.
          write((now) =>
            value === note.body && !save.isPending ? undefined : { body: value, version: now?.version ?? note.version },
          )
        }
      />
      {author !== undefined && note.updatedAt !== undefined && !isChanged && (
        <Text size="xs" c="dimmed">
          {author}, <Time at={note.updatedAt} />
        </Text>
      )}
      {isChanged && save.error && <ProblemNotice error={save.error} />}
      {isChanged && isConflict(save.error) && (
        <section aria-label={texts.currentNote}>
          <Text size="xs" fw={600}>
            {texts.currentNote}
          </Text>
          <Text size="xs" dir="auto" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {note.body || texts.noteRemoved}
          </Text>
          {author !== undefined && note.updatedAt !== undefined && (
            <Text size="xs" c="dimmed">
              {author}, <Time at={note.updatedAt} />
            </Text>
          )}
        </section>
      )}
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

/** A colleague has changed the note since the text was begun. */
function isConflict(error: unknown): boolean {
  return error !== null && toProblem(error).code === 'conversations.customer_note_changed'
}
