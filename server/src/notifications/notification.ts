import type { ConversationId, EmailAccountId, PersonId } from '../kernel/ids.ts'

/**
 * Kinds of notifications. `unassigned`: new mail in a conversation without assignee. `answered`: mail from a customer in a
 * conversation of the person. `followed`: in one that they follow.
 */
export const NOTIFICATION_KINDS = [
  'unassigned',
  'assigned',
  'answered',
  'followed',
  'mentioned',
  'sending-failed',
] as const

export type NotificationKind = (typeof NOTIFICATION_KINDS)[number]

/** Entry of one person. */
export interface PersonNotification {
  /** Increases with each entry. */
  id: number
  kind: NotificationKind
  emailAccountId: EmailAccountId
  /** Undefined for a message that began no conversation because it could not be sent. */
  conversationId: ConversationId | undefined
  subject: string
  /** Name or address of the customer, for received mail. */
  sender: string | undefined
  /** Actor of the event, such as `person:<id>`, for an assignment or a mention. */
  by: string | undefined
  at: Date
  readAt: Date | undefined
}

/** An entry to write, by an event. */
export interface NewNotification extends Omit<PersonNotification, 'id' | 'readAt'> {
  personId: PersonId
  eventId: number
}

/** Maximum entries per person; the oldest are deleted. */
export const MOST_KEPT = 500
export const KEPT_FOR_MS = 30 * 24 * 60 * 60_000

/** Local times such as `18:00`. An end before the start is on the next day. */
export interface QuietHours {
  from: string
  to: string
}
