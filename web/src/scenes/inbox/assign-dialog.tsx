import { Button, Modal, Stack } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useLayoutEffect, useRef } from 'react'
import { getEmailAccountsIdMembersOptions, type Conversation } from '../../api/client.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { useMe } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import { announceChange } from './change-notice.tsx'
import { showFailure } from './use-status.ts'
import { useAssign } from './use-work.ts'

interface AssignDialogProps {
  /** Conversation to assign; closed when absent. */
  conversation: Pick<Conversation, 'id' | 'emailAccountId' | 'assigneeId' | 'subject'> | undefined
  onClose: () => void
  /** Called after the dialog is gone and has returned the focus. */
  onGone: () => void
}

/** Possible assignees: the current user first, then the other agents of this mailbox. */
export function AssignDialog({ conversation, onClose, onGone }: AssignDialogProps) {
  return (
    <Modal
      opened={conversation !== undefined}
      onClose={onClose}
      onExitTransitionEnd={() => requestAnimationFrame(onGone)}
      title={words.inbox.assign}
      size="sm"
      closeButtonProps={{ 'aria-label': words.close }}
      transitionProps={{ duration: 0 }}
    >
      {conversation && <Choices conversation={conversation} onDone={onClose} />}
    </Modal>
  )
}

type ChoicesProps = { conversation: NonNullable<AssignDialogProps['conversation']>; onDone: () => void }

function Choices({ conversation, onDone }: ChoicesProps) {
  const { id, emailAccountId, assigneeId, subject } = conversation
  const me = useMe()
  const { data, error } = useQuery(getEmailAccountsIdMembersOptions({ path: { id: emailAccountId } }))
  const assign = useAssign()
  const inbox = words.inbox
  const first = useRef<HTMLButtonElement>(null)
  const isLoaded = data !== undefined
  // The dialog has put the focus on its close button if the members came late: Enter would close it.
  useLayoutEffect(() => first.current?.focus(), [isLoaded])
  const undo = useAssign()
  const onAssigned = (wanted: string | null) => {
    const before = assigneeId ?? null
    const name = wanted === me.id ? me.name : data?.members.find((member) => member.id === wanted)?.name
    const change = name === undefined ? inbox.toNobody : inbox.assignedTo(name)
    if (wanted !== before) {
      announceChange(id, inbox.changed(change, subject || inbox.noSubject), () =>
        undo.mutate({ id, wanted: before }, { onError: showFailure }),
      )
    }
    onDone()
  }
  if (error) return <ProblemNotice error={error} />
  if (!data) return <LoadingRows rows={3} height={36} />
  const others = data.members.filter((member) => member.id !== me.id)
  const choice = (wanted: string | null, label: string, isFirst = false) => {
    const isSo = wanted === (assigneeId ?? null)
    return (
      <Button
        key={wanted}
        ref={isFirst ? first : undefined}
        variant="default"
        justify="space-between"
        data-autofocus={isFirst || undefined}
        aria-pressed={isSo}
        rightSection={isSo && <IconCheck size={16} aria-hidden />}
        disabled={assign.isPending}
        onClick={() => assign.mutate({ id, wanted }, { onSuccess: () => onAssigned(wanted) })}
      >
        {label}
      </Button>
    )
  }
  return (
    <Stack gap="xs" pt={4}>
      {assign.error != null && <ProblemNotice error={assign.error} />}
      {choice(me.id, inbox.toMe(me.name), true)}
      {others.map((member) => choice(member.id, member.name))}
      {choice(null, inbox.toNobody)}
    </Stack>
  )
}
