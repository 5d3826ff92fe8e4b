import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { deleteConversationsIdLegalHold, putConversationsIdLegalHold, type Conversation } from '../../../api/client.ts'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { showNotice } from '../../../components/show-notice.ts'
import { words } from '../../../words/index.ts'
import { announceChange } from '../change-notice.tsx'
import { FocusReturn } from '../../../components/focus-return.ts'
import { showFailure } from '../use-status.ts'
import { useRefreshConversation } from '../use-work.ts'

const MOST_REASON = 10_000

/** Sets, changes and removes the legal hold of a conversation. For admins. */
export function LegalHoldDialog(props: { conversation: Conversation; opened: boolean; onClose: () => void }) {
  const { conversation, opened, onClose } = props
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={words.legalHold.title}
      closeButtonProps={{ 'aria-label': words.close }}
      closeOnClickOutside={false}
    >
      <FocusReturn />
      <Fields key={conversation.id} conversation={conversation} onClose={onClose} />
    </Modal>
  )
}

function Fields({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const texts = words.legalHold
  const { id, legalHold } = conversation
  const [typed, setTyped] = useState(legalHold?.reason ?? '')
  const reason = typed.trim()
  const refresh = useRefreshConversation()
  const put = (wanted: string) =>
    putConversationsIdLegalHold({ path: { id }, body: { reason: wanted }, throwOnError: true })
  const set = useMutation({
    mutationFn: () => put(reason),
    onSuccess: () => {
      showNotice({ message: legalHold ? texts.isChanged : texts.isSet })
      onClose()
      void refresh(id)
    },
  })
  const remove = useMutation({
    mutationFn: () => deleteConversationsIdLegalHold({ path: { id }, throwOnError: true }),
    onSuccess: () => {
      const undo = () => put(legalHold!.reason).then(() => refresh(id), showFailure)
      announceChange(id, texts.isRemoved, () => void undo())
      onClose()
      void refresh(id)
    },
  })
  const error = set.error ?? remove.error
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (reason !== '' && !set.isPending) set.mutate()
      }}
    >
      <Stack>
        {error && <ProblemNotice error={error} />}
        <Text size="sm">{texts.sentence}</Text>
        <Textarea
          label={texts.reason}
          description={texts.reasonHint}
          required
          autosize
          minRows={2}
          maxRows={8}
          maxLength={MOST_REASON}
          value={typed}
          data-autofocus
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {words.cancel}
          </Button>
          {legalHold && (
            <Button variant="default" c="error" loading={remove.isPending} onClick={() => remove.mutate()}>
              {texts.remove}
            </Button>
          )}
          <Button type="submit" loading={set.isPending} disabled={reason === '' || reason === legalHold?.reason}>
            {legalHold ? texts.change : texts.set}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
