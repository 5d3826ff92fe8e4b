import { Button, Group, Paper, Stack } from '@mantine/core'
import { useSessionStorage } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { getEmailAccountsIdMembersOptions } from '../../api/client.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { endAwaiting } from '../../keyboard/awaited-field.ts'
import { useMe } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import { useFocusReturn } from './focus-return.ts'
import { MentionField } from './mention-field.tsx'
import { mentionsIn } from './mentions.ts'
import { useAddNote } from './use-work.ts'

export interface NoteFormProps {
  conversationId: string
  emailAccountId: string
  onClose: () => void
}

const NO_PEOPLE: readonly { id: string; name: string }[] = []

/** Form for a note. Unsaved text stays in this window until it is saved or emptied. */
export function NoteForm({ conversationId, emailAccountId, onClose }: NoteFormProps) {
  const [text, setText] = useSessionStorage({ key: `postkey:note:${conversationId}`, defaultValue: '' })
  const [chosen, setChosen] = useSessionStorage<string[]>({
    key: `postkey:note-mentions:${conversationId}`,
    defaultValue: [],
  })
  const me = useMe()
  const { data } = useQuery(getEmailAccountsIdMembersOptions({ path: { id: emailAccountId } }))
  const people = data?.members.filter(({ id }) => id !== me.id) ?? NO_PEOPLE
  useFocusReturn()
  const add = useAddNote()
  const inbox = words.inbox
  const save = () =>
    add.mutate(
      { id: conversationId, wanted: { body: text, mentions: mentionsIn(text, people, chosen) } },
      {
        onSuccess: () => {
          setText('')
          setChosen([])
          onClose()
        },
      },
    )
  return (
    <Paper
      component="form"
      withBorder
      p="sm"
      onFocus={endAwaiting}
      onSubmit={(event) => {
        event.preventDefault()
        if (text.trim() !== '') save()
      }}
    >
      <Stack gap="xs">
        <MentionField
          text={text}
          people={people}
          onChange={setText}
          onChoose={(id) => setChosen([...chosen, id])}
          onSave={() => text.trim() !== '' && save()}
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
