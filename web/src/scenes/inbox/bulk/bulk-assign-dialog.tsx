import { Button, Modal, Stack } from '@mantine/core'
import { useQueries } from '@tanstack/react-query'
import { getEmailAccountsIdMembersOptions } from '../../../api/client.ts'
import { LoadingRows } from '../../../components/loading-rows.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { useMe } from '../../../session/session.ts'
import { words } from '../../../words/index.ts'

/** Mailboxes whose agents are offered. */
const MOST_ASKED = 10

interface BulkAssignDialogProps {
  opened: boolean
  /** Mailboxes of the selected conversations. */
  accountIds: readonly string[]
  onAssign: (assigneeId: string | null) => void
  onClose: () => void
  onGone: () => void
}

/** Agents of the mailboxes. Conversations whose mailbox the chosen one can't see stay as they are. */
export function BulkAssignDialog({ opened, accountIds, onAssign, onClose, onGone }: BulkAssignDialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      onExitTransitionEnd={() => requestAnimationFrame(onGone)}
      title={words.inbox.assign}
      size="sm"
      closeButtonProps={{ 'aria-label': words.close }}
      transitionProps={{ duration: 0 }}
    >
      {opened && <Choices accountIds={accountIds} onAssign={onAssign} />}
    </Modal>
  )
}

function Choices({ accountIds, onAssign }: Pick<BulkAssignDialogProps, 'accountIds' | 'onAssign'>) {
  const me = useMe()
  const answers = useQueries({
    queries: accountIds.slice(0, MOST_ASKED).map((id) => getEmailAccountsIdMembersOptions({ path: { id } })),
  })
  const error = answers.find((answer) => answer.error !== null)?.error
  if (error) return <ProblemNotice error={error} />
  if (answers.some(({ data }) => data === undefined)) return <LoadingRows rows={3} height={36} />
  const members = new Map(answers.flatMap(({ data }) => data!.members.map(({ id, name }) => [id, name] as const)))
  members.delete(me.id)
  const choice = (id: string | null, label: string) => (
    <Button
      key={id}
      variant="default"
      justify="start"
      data-autofocus={id === me.id || undefined}
      onClick={() => onAssign(id)}
    >
      {label}
    </Button>
  )
  return (
    <Stack gap="xs" pt={4}>
      {choice(me.id, words.inbox.toMe(me.name))}
      {[...members].map(([id, name]) => choice(id, name))}
      {choice(null, words.inbox.toNobody)}
    </Stack>
  )
}
