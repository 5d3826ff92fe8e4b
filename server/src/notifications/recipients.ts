/** Decides who is notified of an event. Pure: the facts are read before, for a page of events together. */
import type { ReceivedFacts } from '../conversations/index.ts'
import type { StoredEvent } from '../events/index.ts'
import type { ConversationId, EmailAccountId } from '../kernel/ids.ts'
import { senderName, type Address } from '../mail/index.ts'
import type { Person } from '../people/index.ts'
import { NOTIFICATION_KINDS, type NewNotification, type NotificationKind } from './notification.ts'

/** Kinds of events that notify people. */
export const NOTIFYING = [
  'message.received',
  'conversation.assigned',
  'conversation.note_added',
  'submission.failed',
  'submission.outcome_lost',
] as const

export type NotifyingEvent = StoredEvent<(typeof NOTIFYING)[number]>

export interface EventFacts {
  people: readonly Person[]
  /** By message. Messages that no longer exist are absent. */
  received: ReadonlyMap<string, ReceivedFacts>
  /** Reports whether an address belongs to a mailbox of Postkey. Asked for generated mail only. */
  isOwn: (address: Address) => boolean
  /** By the conversation of an event. */
  conversations: ReadonlyMap<
    string,
    { id: ConversationId; emailAccountId: EmailAccountId; subject: string; assigneeId: string | undefined }
  >
  /** By submission. */
  submissions: ReadonlyMap<string, { subject: string; submittedBy: string }>
  /** Kinds that a person chose for a mailbox. */
  kindsOf: (personId: string, id: EmailAccountId) => readonly NotificationKind[]
}

/** Kinds of a mailbox for which a person made no choice. */
export const DEFAULT_KINDS: readonly NotificationKind[] = NOTIFICATION_KINDS

/**
 * Entries of an event. A person is notified who has access to the mailbox and chose the kind, except of their own
 * actions. At most one entry per person.
 */
export function notificationsOf(event: NotifyingEvent, facts: EventFacts): NewNotification[] {
  const found = find(event, facts)
  if (!found) return []
  const { kindsFor, ...entry } = found
  return facts.people
    .filter((person) => hasAccess(person, entry.emailAccountId))
    .flatMap((person) => {
      const chosen = facts.kindsOf(person.id, entry.emailAccountId)
      const kind = kindsFor(person).find((each) => chosen.includes(each))
      return kind === undefined ? [] : [{ ...entry, kind, personId: person.id, eventId: event.id, at: event.at }]
    })
}

interface Found extends Omit<NewNotification, 'personId' | 'eventId' | 'at' | 'kind'> {
  /** Kinds of which the event is one for a person, the most precise first. */
  kindsFor: (person: Person) => readonly NotificationKind[]
}

function find(event: NotifyingEvent, facts: EventFacts): Found | undefined {
  switch (event.kind) {
    case 'message.received':
      return ofMail(facts.received.get(event.subjectId), facts)
    case 'conversation.assigned': {
      const { assigneeId, by, conversationId } = event.payload
      if (assigneeId === null || idOf(by) === assigneeId) return undefined
      return ofConversation('assigned', conversationId, by, facts, ({ id }) => id === assigneeId)
    }
    case 'conversation.note_added': {
      const { mentions = [], by, conversationId } = event.payload
      return ofConversation(
        'mentioned',
        conversationId,
        by,
        facts,
        ({ id }) => mentions.includes(id) && id !== idOf(by),
      )
    }
    case 'submission.failed':
    case 'submission.outcome_lost':
      return ofSubmission(event, facts)
  }
}

/** Mail of a program that is no reply, such as an order of a shop. */
export function isGenerated({ automatic }: ReceivedFacts): boolean {
  return automatic === 'generated'
}

/**
 * Automatic replies, bounces and receipts need no answer. Junk, Spam and Deleted are no reason to disturb. A digest that its recipient
 * forwards to a mailbox of Postkey would cause the next digest.
 */
function ofMail(mail: ReceivedFacts | undefined, { isOwn }: EventFacts): Found | undefined {
  if (!mail || mail.isOutsideInbox || mail.automatic === 'reply' || mail.automatic === 'report') return undefined
  if (isGenerated(mail) && mail.from && isOwn(mail.from)) return undefined
  const { emailAccountId, conversationId, subject, from, assigneeId, followers } = mail
  const sender = from && senderName(from)
  const address = from?.address.toLowerCase()
  return {
    ...{ emailAccountId, conversationId, subject, sender, by: undefined },
    kindsFor: ({ id, email }) => {
      if (email.toLowerCase() === address) return []
      return [
        ...(id === assigneeId ? (['answered'] as const) : []),
        ...(followers.includes(id) ? (['followed'] as const) : []),
        ...(assigneeId === undefined ? (['unassigned'] as const) : []),
      ]
    },
  }
}

function ofConversation(
  kind: NotificationKind,
  id: string,
  by: string,
  { conversations }: EventFacts,
  to: (person: Person) => boolean,
): Found | undefined {
  const conversation = conversations.get(id)
  if (!conversation) return undefined
  const { emailAccountId, subject } = conversation
  const kindsFor = (person: Person) => (to(person) ? [kind] : [])
  return { emailAccountId, conversationId: conversation.id, subject, sender: undefined, by, kindsFor }
}

/** The author is notified; of mail of a program, the assignee. */
function ofSubmission(
  { subjectId, emailAccountId, payload }: StoredEvent<'submission.failed' | 'submission.outcome_lost'>,
  { submissions, conversations, people }: EventFacts,
): Found | undefined {
  const submission = submissions.get(subjectId)
  if (!submission || emailAccountId === undefined) return undefined
  const conversation = payload.conversationId === null ? undefined : conversations.get(payload.conversationId)
  const isAuthor = ({ id }: Person) => id === submission.submittedBy
  const isAssignee = ({ id }: Person) => id === conversation?.assigneeId
  const isConcerned = people.some(isAuthor) ? isAuthor : isAssignee
  return {
    ...{ emailAccountId, conversationId: conversation?.id, subject: submission.subject },
    ...{ sender: undefined, by: undefined },
    kindsFor: (person) => (isConcerned(person) ? ['sending-failed'] : []),
  }
}

export function hasAccess({ role, emailAccountIds }: Person, id: EmailAccountId): boolean {
  return role === 'admin' || emailAccountIds.includes(id)
}

/** Id of the person of an actor. Notes name their author without a prefix. */
export function idOf(actor: string): string {
  return actor.replace(/^person:/, '')
}
