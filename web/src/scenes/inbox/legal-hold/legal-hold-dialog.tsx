import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { deleteConversationsIdLegalHold, putConversationsIdLegalHold, type Conversation } from '../../../api/client.ts'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { showNotice } from '../../../components/show-notice.ts'
import { words } from '../../../words/index.ts'
import { announceChange } from '../change-notice.tsx'
import { FocusReturn, useFocusAfterRemoval } from '../../../components/focus-return.ts'
import { showFailure } from '../use-status.ts'
import { useRefreshConversation } from '../use-work.ts'

const MOST_REASON = 10_000

/**
 * Sets, changes and removes the legal hold of a conversation. For admins. The typed reason is kept when the dialog closes
 * by Esc.
 */
export function LegalHoldDialog(props: { conversation: Conversation; opened: boolean; onClose: () => void }) {
  const { conversation, opened, onClose } = props
  const { id, legalHold } = conversation
  const [unsaved, setUnsaved] = useState<{ id: string; reason: string }>()
  const typed = unsaved?.id === id ? unsaved.reason : (legalHold?.reason ?? '')
  const end = () => {
    setUnsaved(undefined)
    onClose()
  }
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={words.legalHold.title}
      closeButtonProps={{ 'aria-label': words.close }}
      closeOnClickOutside={false}
    >
      <FocusReturn />
      <Fields
        key={id}
        conversation={conversation}
        typed={typed}
        onType={(reason) => setUnsaved({ id, reason })}
        onClose={end}
      />
    </Modal>
  )
}

interface FieldsProps {
  conversation: Conversation
  typed: string
  onType: (reason: string) => void
  onClose: () => void
}

function Fields({ conversation, typed, onType, onClose }: FieldsProps) {
  const texts = words.legalHold
  const { id, legalHold } = conversation
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
  // A button that shows progress is disabled and loses the focus.
  const setButton = useRef<HTMLButtonElement>(null)
  const removeButton = useRef<HTMLButtonElement>(null)
  useFocusAfterRemoval(set.isPending, setButton)
  useFocusAfterRemoval(remove.isPending, removeButton)
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
          onChange={({ currentTarget }) => onType(currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {words.cancel}
          </Button>
          {legalHold && (
            <Button
              ref={removeButton}
              variant="default"
              c="error"
              loading={remove.isPending}
              onClick={() => remove.mutate()}
            >
              {texts.remove}
            </Button>
          )}
          <Button
            ref={setButton}
            type="submit"
            loading={set.isPending}
            disabled={reason === '' || reason === legalHold?.reason}
          >
            {legalHold ? texts.change : texts.set}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
