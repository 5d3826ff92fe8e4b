import { Button, Group, Paper, Stack, Text } from '@mantine/core'
import { useSessionStorage } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { getEmailAccountsIdMembersOptions } from '../../api/client.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { endAwaiting } from '../../keyboard/awaited-field.ts'
import { useMe } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import { useFocusReturn } from '../../components/focus-return.ts'
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
  const { data, error, refetch } = useQuery(getEmailAccountsIdMembersOptions({ path: { id: emailAccountId } }))
  const people = data?.members.filter(({ id }) => id !== me.id)
  const mentions = mentionsIn(text, people, chosen)
  const isLoading = mentions === undefined && !error
  const canSave = text.trim() !== '' && !isLoading
  useFocusReturn()
  const add = useAddNote()
  const inbox = words.inbox
  const save = () =>
    add.mutate(
      { id: conversationId, wanted: { body: text, mentions: mentions ?? [] } },
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
        if (canSave) save()
      }}
    >
      <Stack gap="xs">
        <MentionField
          text={text}
          people={people ?? NO_PEOPLE}
          onChange={setText}
          onChoose={(id) => setChosen([...chosen, id])}
          onSave={() => canSave && save()}
        />
        {mentions === undefined && error && (
          <>
            <ProblemNotice error={error} onRetry={() => void refetch()} />
            <Text size="sm">{inbox.noOneNotified}</Text>
          </>
        )}
        {add.error != null && <ProblemNotice error={add.error} />}
        <Group gap="xs" justify="flex-end">
          <Button size="sm" variant="default" onClick={onClose}>
            {text.trim() === '' ? words.cancel : inbox.noteLater}
          </Button>
          <Button size="sm" type="submit" loading={add.isPending || isLoading} disabled={!canSave}>
            {inbox.saveNote}
          </Button>
        </Group>
      </Stack>
    </Paper>
  )
}
