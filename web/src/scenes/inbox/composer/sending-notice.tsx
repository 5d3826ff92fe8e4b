import { Button, Group, Kbd, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { showNotice } from '../../../components/show-notice.ts'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import {
  getSubmissionsIdOptions,
  postSubmissionsIdCancel,
  type CanceledSubmission,
  type Submission,
} from '../../../api/client.ts'
import { clock } from '../../../clock.ts'
import { upcomingTime } from '../../../components/time-text.ts'
import { toProblem } from '../../../api/problem.ts'
import { nextOrder, useCommand } from '../../../keyboard/actions.ts'
import { words } from '../../../words/index.ts'

const LOOK_AGAIN_MS = 3_000
const SHOWN_AFTERWARDS_MS = 4_000
/** As long as other changes can be undone. Later, the view Scheduled cancels it. */
const SCHEDULED_SHOWN_MS = 8_000

interface Doors {
  /** Shows the canceled message. */
  onTakenBack: (canceled: CanceledSubmission) => void
  onLook: (submission: Submission) => void
}

/** Shows the progress of a sent message on any page, and cancels it while that is possible. */
export function announceSending(submission: Submission, doors: Doors): void {
  showNotice({
    id: submission.id,
    autoClose: false,
    closeButtonProps: { 'aria-label': words.close },
    message: <SendingNotice submission={submission} order={nextOrder()} {...doors} />,
  })
}

function SendingNotice({ submission, order, onTakenBack, onLook }: { submission: Submission; order: number } & Doors) {
  const { id } = submission
  const { data: now } = useQuery({
    ...getSubmissionsIdOptions({ path: { id } }),
    initialData: submission,
    refetchInterval: ({ state }) => (state.data && isUnderWay(state.data) ? LOOK_AGAIN_MS : false),
  })
  const takeBack = useMutation({
    mutationFn: async () => (await postSubmissionsIdCancel({ path: { id } })).data,
    onSuccess: (canceled) => {
      notifications.hide(id)
      onTakenBack(canceled)
    },
  })
  // A failed message is edited in its conversation: its notice must not keep the key.
  const canTakeBack = now.canCancel && now.state !== 'failed' && !takeBack.isError
  // With several notices, the newest has the key.
  useCommand('undo', canTakeBack ? () => !takeBack.isPending && takeBack.mutate() : undefined, 'usual', order)
  useHideWhenOver(now)

  const { undo, undoKey, look, tooLate } = words.composer.sending
  const troubled = now.state === 'failed' || now.state === 'unknown'
  return (
    <Group gap="sm" justify="space-between" wrap="nowrap" aria-live="polite">
      <Text size="sm" c="var(--mantine-color-text)">
        {sentenceOf(now)}
        {takeBack.error && ` ${tooLateOr(toProblem(takeBack.error), tooLate)}`}
      </Text>
      {canTakeBack && (
        <Button
          size="compact-sm"
          variant="default"
          loading={takeBack.isPending}
          aria-keyshortcuts={undoKey}
          rightSection={<Kbd size="xs">{undoKey.toLowerCase()}</Kbd>}
          style={{ flex: 'none' }}
          onClick={() => takeBack.mutate()}
        >
          {undo}
        </Button>
      )}
      {troubled && now.conversationId !== undefined && (
        <Button size="compact-sm" variant="default" style={{ flex: 'none' }} onClick={() => onLook(now)}>
          {look}
        </Button>
      )}
    </Group>
  )
}

function isUnderWay({ state }: Submission): boolean {
  return state === 'queued' || state === 'sending'
}

/** A failed submission stays visible until it was seen. */
function useHideWhenOver({ id, state, sendAt }: Submission): void {
  const wentOut = state === 'handed-over' || state === 'sent'
  const isScheduled = state === 'queued' && sendAt !== undefined
  const isOver = wentOut || isScheduled || state === 'canceled'
  useEffect(() => {
    if (!isOver) return
    const timer = setTimeout(
      () => notifications.hide(id),
      isScheduled ? SCHEDULED_SHOWN_MS : wentOut ? SHOWN_AFTERWARDS_MS : 0,
    )
    return () => clearTimeout(timer)
  }, [id, isOver, isScheduled, wentOut])
}

function sentenceOf({ state, content, sendAt }: Submission): string {
  const { sending, sent, failed, unknown, takenBack, andOthers } = words.composer.sending
  const [first, ...others] = [...content.to, ...content.cc, ...content.bcc].map(({ name, address }) => name || address)
  const to = others.length === 0 ? (first ?? '') : andOthers(first ?? '', others.length)
  if (state === 'queued' && sendAt !== undefined) {
    return words.composer.sendMenu.scheduled(to, upcomingTime(new Date(sendAt), clock.now()))
  }
  switch (state) {
    case 'queued':
    case 'sending':
      return sending(to)
    case 'handed-over':
    case 'sent':
      return sent(to)
    case 'failed':
      return failed(to)
    case 'unknown':
      return unknown(to)
    case 'canceled':
      return takenBack
  }
}

function tooLateOr({ code, title, fix }: { code: string; title: string; fix: string }, tooLate: string): string {
  return code === 'submission.too_late' ? tooLate : `${title}. ${fix}`
}
