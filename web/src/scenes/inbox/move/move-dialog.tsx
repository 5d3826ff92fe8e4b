import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useLayoutEffect, useState } from 'react'
import type { Conversation } from '../../../api/client.ts'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { words } from '../../../words/index.ts'
import { useAccounts } from '../use-conversations.ts'
import { TargetSelect } from './target-select.tsx'
import { NoticeFields } from './notice-fields.tsx'
import { useMove } from './use-move.ts'
import { useNotice } from './use-notice.ts'

interface MoveDialogProps {
  /** Conversation to move; closed when absent. */
  conversation: Conversation | undefined
  onClose: () => void
  onMoved: (conversation: Conversation) => void
  /** Called after the dialog is gone and has returned the focus. */
  onGone: () => void
}

/** Moves a conversation to another mailbox of the user. */
export function MoveDialog({ conversation, onClose, onMoved, onGone }: MoveDialogProps) {
  const [isWriting, setWriting] = useState(false)
  const [isMoving, setMoving] = useState(false)
  const mayClose = !isWriting && !isMoving
  return (
    <Modal
      opened={conversation !== undefined}
      onClose={onClose}
      onExitTransitionEnd={() => requestAnimationFrame(onGone)}
      title={words.move.title}
      closeButtonProps={{ 'aria-label': words.close, disabled: isMoving }}
      transitionProps={{ duration: 0 }}
      closeOnEscape={mayClose}
      closeOnClickOutside={mayClose}
    >
      {conversation && (
        <Fields
          key={conversation.id}
          {...{ conversation, onClose, onMoved }}
          onWriting={setWriting}
          onMoving={setMoving}
        />
      )}
    </Modal>
  )
}

type FieldsProps = Pick<MoveDialogProps, 'onClose' | 'onMoved'> & {
  conversation: Conversation
  /** Called with `true` while there is text that closing would discard. */
  onWriting: (isWriting: boolean) => void
  /** Called with `true` during the request: its failure is shown here, with the text. */
  onMoving: (isMoving: boolean) => void
}

function Fields({ conversation, onClose, onMoved, onWriting, onMoving }: FieldsProps) {
  const move = words.move
  const others = useAccounts().filter(({ id }) => id !== conversation.emailAccountId)
  const [toId, setToId] = useState<string | null>(others.length === 1 ? others[0]!.id : null)
  const [isSearching, setSearching] = useState(false)
  const to = others.find(({ id }) => id === toId)
  const notice = useNotice(conversation, to)
  const { text, isPending } = notice
  const isWriting = text !== undefined && text.trim() !== ''
  useLayoutEffect(() => {
    onWriting(isWriting)
    return () => onWriting(false)
  }, [isWriting, onWriting])
  const work = useMove()
  const isMoving = work.isPending
  useLayoutEffect(() => {
    onMoving(isMoving)
    return () => onMoving(false)
  }, [isMoving, onMoving])
  const isReady = to !== undefined && !isSearching && !isPending && (text === undefined || isWriting)
  const start = () => {
    if (!isReady || isMoving) return
    const onSuccess = () => {
      onClose()
      onMoved(conversation)
    }
    work.mutate({ conversation, to, notice: text?.trim() }, { onSuccess })
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        start()
      }}
    >
      <Stack>
        {work.error && <ProblemNotice error={work.error} />}
        <Text size="sm">{move.sentence}</Text>
        <TargetSelect
          accounts={others}
          value={toId}
          onSearching={setSearching}
          // Disabled, it would lose the focus.
          readOnly={isPending}
          onChange={(id) => {
            setToId(id)
            notice.changeTarget()
          }}
        />
        {conversation.participants.length > 0 && <NoticeFields notice={notice} disabled={to === undefined} />}
        <Group justify="flex-end">
          <Button variant="default" disabled={isMoving} onClick={onClose}>
            {words.cancel}
          </Button>
          <Button type="submit" loading={isMoving} disabled={!isReady}>
            {move.confirm}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
