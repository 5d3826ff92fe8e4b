import { showNotice } from '../../components/show-notice.ts'
import { useMutation } from '@tanstack/react-query'
import {
  postConversationsIdClose,
  postConversationsIdReopen,
  postConversationsIdSnooze,
  postConversationsIdWait,
  type Conversation,
} from '../../api/client.ts'
import { toProblem } from '../../api/problem.ts'
import { clock } from '../../clock.ts'
import { upcomingTime } from '../../components/time-text.ts'
import { words } from '../../words/index.ts'
import { announceChange } from './change-notice.tsx'
import { useRefreshConversation } from './use-work.ts'

export type WantedStatus = 'open' | 'waiting' | 'closed' | { snoozedUntil: string }

/** A conversation, with what a change of its status needs. */
type Subject = Pick<Conversation, 'id' | 'subject' | 'status' | 'snoozedUntil'>

/**
 * Sets the status. Also triggered by a key, where there is no place for an error. Each change can be undone for some
 * seconds.
 */
export function useSetStatus() {
  const refresh = useRefreshConversation()
  const undo = ({ id, ...before }: Subject) =>
    setStatus(id, statusToRestore(before)).then(() => refresh(id), showFailure)
  return useMutation({
    mutationFn: ({ conversation, wanted }: { conversation: Subject; wanted: WantedStatus }) =>
      setStatus(conversation.id, wanted),
    onSuccess: ({ data: after }, { conversation: before }) => {
      if (after.status !== before.status || after.snoozedUntil !== before.snoozedUntil) {
        announceChange(after.id, sentenceOf(after), () => void undo(before))
      }
      void refresh(after.id)
    },
    onError: showFailure,
  })
}

/** `e` closes whatever is not closed. */
export function toggledClosed({ status }: Pick<Conversation, 'status'>): WantedStatus {
  return status === 'closed' ? 'open' : 'closed'
}

export function toggledWaiting({ status }: Pick<Conversation, 'status'>): WantedStatus {
  return status === 'waiting' ? 'open' : 'waiting'
}

/** `Waiting`, or `Snoozed until Tue, 9:00`; outside the inbox, the place. */
export function statusText({
  place,
  status,
  snoozedUntil,
}: Pick<Conversation, 'place' | 'status' | 'snoozedUntil'>): string {
  if (place !== 'inbox') return words.inbox.places[place]
  if (status !== 'snoozed' || snoozedUntil === undefined) return words.inbox.status[status]
  return words.inbox.snoozedUntil(upcomingTime(new Date(snoozedUntil), clock.now()))
}

export function showFailure(error: unknown): void {
  const { title, fix } = toProblem(error)
  showNotice({ color: 'red', title, message: fix, closeButtonProps: { 'aria-label': words.close } })
}

function setStatus(id: string, wanted: WantedStatus) {
  const path = { id }
  if (typeof wanted === 'object') return postConversationsIdSnooze({ path, body: { until: wanted.snoozedUntil } })
  switch (wanted) {
    case 'open':
      return postConversationsIdReopen({ path })
    case 'waiting':
      return postConversationsIdWait({ path })
    case 'closed':
      return postConversationsIdClose({ path })
  }
}

/** A snooze that has ended in the meantime is not repeated. */
function statusToRestore({ status, snoozedUntil }: Omit<Subject, 'id'>): WantedStatus {
  if (status !== 'snoozed') return status
  const isAhead = snoozedUntil !== undefined && Date.parse(snoozedUntil) > clock.now().getTime()
  return isAhead ? { snoozedUntil } : 'open'
}

function sentenceOf({ subject, status, snoozedUntil }: Conversation): string {
  return words.inbox.changed(statusText({ place: 'inbox', status, snoozedUntil }), subject || words.inbox.noSubject)
}
