import { Button, Group, Paper, Stack, Textarea } from '@mantine/core'
import { useSessionStorage } from '@mantine/hooks'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import { useFocusReturn } from './focus-return.ts'
import { useAddNote } from './use-work.ts'

/** Form for a note. Unsaved text stays in this window until it is saved or emptied. */
export function NoteForm({ conversationId, onClose }: { conversationId: string; onClose: () => void }) {
  const [text, setText] = useSessionStorage({ key: `postkey:note:${conversationId}`, defaultValue: '' })
  useFocusReturn()
  const add = useAddNote()
  const inbox = words.inbox
  const save = () =>
    add.mutate(
      { id: conversationId, wanted: text },
      {
        onSuccess: () => {
          setText('')
          onClose()
        },
      },
    )
  return (
    <Paper
      component="form"
      withBorder
      p="sm"
      onSubmit={(event) => {
        event.preventDefault()
        if (text.trim() !== '') save()
      }}
    >
      <Stack gap="xs">
        <Textarea
          label={inbox.note}
          description={inbox.noteHint}
          autosize
          minRows={3}
          maxRows={14}
          maxLength={20_000}
          autoFocus
          dir="auto"
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && text.trim() !== '') save()
          }}
        />
        {add.error != null && <ProblemNotice error={add.error} />}
        <Group gap="xs" justify="flex-end">
          <Button size="sm" variant="default" onClick={onClose}>
            {text.trim() === '' ? words.cancel : inbox.noteLater}
          </Button>
          <Button size="sm" type="submit" loading={add.isPending} disabled={text.trim() === ''}>
            {inbox.saveNote}
          </Button>
        </Group>
      </Stack>
    </Paper>
  )
}
