import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getEventsOptions, type Event } from '../../api/client.ts'
import { Time } from '../../components/time.tsx'
import { exactTime } from '../../components/time-text.ts'
import { language, words } from '../../words/index.ts'
import { sentReplies } from './answers.ts'
import classes from './details.module.css'
import type { ConversationView } from './entries.ts'
import { useAccounts } from './use-conversations.ts'

const MOST_SHOWN = 30

/** History of the conversation, newest first. */
export function History({ view, nameOf }: { view: ConversationView; nameOf: (id: string) => string }) {
  const { id } = view.conversation
  const { data } = useQuery(getEventsOptions({ query: { subject: id, limit: 500 } }))
  const { answered, wrote } = words.history
  const accounts = useAccounts()
  const addressOf = (accountId: string) =>
    accounts.find((each) => each.id === accountId)?.address ?? words.move.elsewhere
  const happened = (data?.events ?? []).flatMap((event) =>
    isOfConversation(event) ? [{ key: `${event.id}`, at: event.time, line: lineOf(event, { nameOf, addressOf }) }] : [],
  )
  // Replies are derived from sent messages: the event of a new message is older than its conversation.
  const answers = sentReplies(view).map(({ messageId, at, by, isFirst }) => ({
    ...{ key: messageId, at },
    line: (isFirst ? wrote : answered)(nameOf(by)),
  }))
  const lines = [...happened, ...answers].sort((one, other) => Date.parse(one.at) - Date.parse(other.at))
  return (
    <ul className={classes.plain}>
      {lines
        .slice(-MOST_SHOWN)
        .reverse()
        .map(({ key, line, at }) => (
          <li key={key}>
            <Text size="sm">
              {line}{' '}
              <Text span size="xs" c="dimmed">
                <Time at={at} />
              </Text>
            </Text>
          </li>
        ))}
    </ul>
  )
}

/** `left` is the same move, for those who see only the mailbox that it left. */
type ConversationEvent = Exclude<Extract<Event, { kind: `conversation.${string}` }>, { kind: 'conversation.left' }>

function isOfConversation(event: Event): event is ConversationEvent {
  const { kind } = event
  return kind.startsWith('conversation.') && kind !== 'conversation.left'
}

/** Without a default, so that a new kind of event needs a sentence. */
function lineOf(
  event: ConversationEvent,
  { nameOf, addressOf }: { nameOf: (id: string) => string; addressOf: (accountId: string) => string },
): string {
  const history = words.history
  const by = event.data.by ?? ''
  const who = nameOf(by.replace(/^person:/, ''))
  switch (event.kind) {
    case 'conversation.created':
      return event.data.splitFrom === undefined ? history.created : history.splitFrom(who)
    case 'conversation.moved':
      return history.moved(who, addressOf(event.data.from), addressOf(event.data.to))
    case 'conversation.merged':
      return by === 'message' ? history.mergedByMail : history.merged(who)
    case 'conversation.superseded':
      return by === 'message' ? history.supersededByMail : history.superseded(who)
    case 'conversation.split':
      return history.split(who)
    case 'conversation.assigned': {
      const { assigneeId } = event.data
      if (assigneeId === null) return history.unassigned(who)
      return by === `person:${assigneeId}` ? history.took(who) : history.assigned(who, nameOf(assigneeId))
    }
    case 'conversation.closed':
      return history.closed(who)
    case 'conversation.reopened':
      if (by === 'snooze') return history.reopenedAfterSnooze
      return by === 'message' ? history.reopenedByMail : history.reopened(who)
    case 'conversation.wait_started':
      return history.waiting(who)
    case 'conversation.snoozed':
      return history.snoozed(who, exactTime(new Date(event.data.until)))
    case 'conversation.spam_marked':
      return by === 'mailbox' ? history.markedAsSpamByMove : history.markedAsSpam(who)
    case 'conversation.spam_unmarked':
      if (by === 'mailbox') return history.returnedByMove
      return by === 'message' ? history.notSpamByMail : history.notSpam(who)
    case 'conversation.deleted':
      return by === 'mailbox' ? history.deletedByMove : history.deleted(who)
    case 'conversation.restored':
      if (by === 'mailbox') return history.returnedByMove
      return by === 'message' ? history.restoredByMail : history.restored(who)
    case 'conversation.tagged':
      return history.tagged(who, tagNames(event.data.added), tagNames(event.data.removed))
    case 'conversation.note_added':
      return history.noted(who)
    case 'conversation.followed':
      return history.followed(who)
    case 'conversation.unfollowed':
      return history.unfollowed(who)
    case 'conversation.unread_marked':
      return history.markedUnread(who)
    case 'conversation.legal_hold_placed':
      return history.held(who)
    case 'conversation.legal_hold_removed':
      return history.holdRemoved(who)
    case 'conversation.seen':
      return history.seen(who)
  }
}

function tagNames(tags: readonly { name: string }[]): string {
  const names = tags.map(({ name }) => `“${name}”`)
  return new Intl.ListFormat(language).format(names)
}
