import type { EmailAccountId } from '../kernel/ids.ts'
import type { DeliveryReport } from '../mail/index.ts'

/**
 * Every kind of event with its payload: a promise to API clients. A kind is `thing.happened`: singular thing, past
 * tense. Renaming one needs a migration of stored events. Ids are those of the API; `by` is an actor such as
 * `person:<id>` or `postkey`, or the id of a person.
 */
export const EVENTS = {
  'email_account.associated': payload<{ by: string }>(),
  'email_account.state_changed': payload<StateChange>(),
  'email_account.import_progressed': payload<{ folderId: string; done: boolean }>(),
  /** State of the change-notification subscription. */
  'email_account.push_changed': payload<{ push: string; reason: string | null }>(),
  /** Postkey sends by another protocol than before. */
  'email_account.protocols_changed': payload<{ sendsBy: 'graph' | 'smtp'; reason: string }>(),
  /** Another grant or the application opens the mailbox; `from` and `to` are user names, absent for the application. */
  'email_account.principal_changed': payload<{ why: string; by: string; from?: UserName; to?: UserName }>(),
  /** `reason`, the code of an error or null, when a check of the backup sign-in had another outcome than before. */
  'email_account.backup_sign_in_changed': payload<{
    by: string
    from?: UserName
    to?: UserName
    reason?: string | null
  }>(),
  /** A batch of its old conversations was closed, which have no events of their own; `done` with the last batch. */
  'email_account.conversations_closed': payload<{ by: string; count: number; done: boolean }>(),
  /** A batch of them was opened again, because the closing was undone; `done` with the last batch. */
  'email_account.conversations_reopened': payload<{ by: string; count: number; done: boolean }>(),
  /** By retention, in one run. */
  'email_account.mail_deleted': payload<{ by: string; conversations: number; messages: number; sources: number }>(),
  'email_account.removed': payload<{ by: string; key: string }>(),

  'folder.renamed': payload<{ from: string; name: string }>(),
  /** The server no longer lists the folder. */
  'folder.removed': payload<{ name: string }>(),
  /** The server lists the folder and refuses to open it. */
  'folder.refused': payload<{ name: string }>(),
  /** Read again from its start; `left` counts the messages that are no longer in it. */
  'folder.resynced': payload<{ folderId: string; left: number }>(),

  'message.received': payload<{ conversationId: string; direction: 'in' | 'out' }>(),
  /** A message sent from the mailbox appeared in it. */
  'message.sent': payload<{ conversationId: string; direction: 'in' | 'out' }>(),
  'message.imported': payload<{ conversationId: string; direction: 'in' | 'out' }>(),
  /** A delivery report arrived; subject is the report. */
  'message.bounced': payload<{ conversationId: string; recipients: DeliveryReport['recipients'] }>(),
  /** Removed from the mailbox; Postkey keeps it. */
  'message.removed': payload<{ conversationId: string }>(),
  /** In the mailbox again after `message.removed`. */
  'message.restored': payload<{ conversationId: string }>(),
  'message.flags_changed': payload<{ conversationId: string; flags: readonly string[] }>(),
  'message.content_replaced': payload<{ conversationId: string }>(),
  /** Parsed again from its source. */
  'message.reparsed': payload<{ conversationId: string; by: string; quarantined: boolean }>(),
  /** Stays in its conversation although its subject differs. */
  'message.split_declined': payload<{ conversationId: string; by: string }>(),
  /** Not stored; subject is its id on the server. Postkey retries. */
  'message.filing_failed': payload<{ folderRemoteId: string }>(),

  /** `splitFrom` and `by` when a split created it. */
  'conversation.created': payload<{ conversationId: string; splitFrom?: string; by?: string }>(),
  'conversation.assigned': payload<{ conversationId: string; assigneeId: string | null; by: string }>(),
  'conversation.closed': payload<{ conversationId: string; by: string }>(),
  /** Waits for an answer of the customer. */
  'conversation.wait_started': payload<{ conversationId: string; by: string }>(),
  /** Opens at `until`. */
  'conversation.snoozed': payload<{ conversationId: string; until: string; by: string }>(),
  /** `by` is `message` when new mail reopened it, and `snooze` at the end of its snooze. */
  'conversation.reopened': payload<{ conversationId: string; by: string }>(),
  /** `by` is `mailbox` in these four when the conversation followed its messages, which another program moved. */
  'conversation.spam_marked': payload<{ conversationId: string; by: string }>(),
  /** In the inbox again. `by` is `message` when new mail brought it back. */
  'conversation.spam_unmarked': payload<{ conversationId: string; by: string }>(),
  /** In *Deleted*; Postkey keeps its messages. */
  'conversation.deleted': payload<{ conversationId: string; by: string }>(),
  /** In the inbox again after `conversation.deleted`. `by` is `message` when new mail restored it. */
  'conversation.restored': payload<{ conversationId: string; by: string }>(),
  'conversation.seen': payload<{ conversationId: string; by: string }>(),
  /** For the person who marked it. */
  'conversation.unread_marked': payload<{ conversationId: string; by: string }>(),
  /** The changed tags, with their names at that time. */
  'conversation.tagged': payload<{
    conversationId: string
    added: readonly TagName[]
    removed: readonly TagName[]
    by: string
  }>(),
  /** `mentions`: ids of the people whom the note mentions. */
  'conversation.note_added': payload<{
    conversationId: string
    noteId: string
    by: string
    mentions?: readonly string[]
  }>(),
  /** Followed by the person `by`. Those who take part in it follow it without this event. */
  'conversation.followed': payload<{ conversationId: string; by: string }>(),
  'conversation.unfollowed': payload<{ conversationId: string; by: string }>(),
  /** Took in the messages of the conversation `merged`. `by` is `message` when a delivery report joined its message. */
  'conversation.merged': payload<{ conversationId: string; merged: string; by: string }>(),
  /** Its messages moved to the conversation `into`. `by` as in `conversation.merged`. */
  'conversation.superseded': payload<{ conversationId: string; into: string; by: string }>(),
  /** Some of its messages moved to the new conversation `into`. */
  'conversation.split': payload<{ conversationId: string; into: string; by: string }>(),

  /** Nothing deletes its messages until the hold is removed. */
  'conversation.legal_hold_placed': payload<{ conversationId: string; by: string }>(),
  'conversation.legal_hold_removed': payload<{ conversationId: string; by: string }>(),

  /** Changed its mailbox, with its earlier events; `from` and `to` are email accounts. */
  'conversation.moved': payload<{ conversationId: string; from: string; to: string; by: string }>(),
  /** For those who see the mailbox that it left. */
  'conversation.left': payload<{ conversationId: string; by: string }>(),

  /** Content changes write no event. */
  'draft.created': payload<{ conversationId: string | null; by: string }>(),
  'draft.deleted': payload<{ conversationId: string | null; by: string }>(),
  /** Discarding was undone. */
  'draft.restored': payload<{ conversationId: string | null; by: string }>(),

  /** Accepted, or waiting for a retry when there is a `reason`. */
  'submission.queued': payload<SubmissionChange>(),
  'submission.sending_started': payload<SubmissionChange>(),
  /** The mail server accepted it; its copy in Sent is not found yet. */
  'submission.handed_over': payload<SubmissionChange>(),
  'submission.sent': payload<SubmissionChange>(),
  'submission.failed': payload<SubmissionChange>(),
  'submission.canceled': payload<SubmissionChange>(),
  /** Its state is `unknown`: sent or not sent. */
  'submission.outcome_lost': payload<SubmissionChange>(),

  /** Without a mailbox, and visible to everyone who sees a mailbox. */
  'tag.created': payload<{ by: string }>(),
  'tag.changed': payload<{ by: string }>(),
  'tag.deleted': payload<{ by: string }>(),
  'tag.restored': payload<{ by: string }>(),

  /** As those of tags. Personal ones, too: an event has no content. */
  'saved_view.created': payload<{ by: string }>(),
  'saved_view.changed': payload<{ by: string }>(),
  'saved_view.deleted': payload<{ by: string }>(),
  'canned_response.created': payload<{ by: string }>(),
  'canned_response.changed': payload<{ by: string }>(),
  'canned_response.deleted': payload<{ by: string }>(),
  /** Subject is the conversation in which it was written: the address would name the customer to the whole team. */
  'customer_note.changed': payload<{ by: string }>(),

  'grant.state_changed': payload<StateChange>(),
  /** `ms` is the time to the answer of the token endpoint. */
  'grant.refreshed': payload<{ resource: string; ms: number }>(),

  'principal_request.created': payload<{ by: string; userName: string }>(),
  'principal_request.dismissed': payload<{ by: string; userName: string }>(),
  'sign_in_link.used': payload<{ createdBy: string; usedBy: string; kind: string; grantId?: string | undefined }>(),
  'cloud_provider.state_changed': payload<StateChange>(),

  'incident.opened': payload<{ cause: string; code: string }>(),
  'incident.changed': payload<{ cause: string; code: string }>(),
  'incident.closed': payload<{ cause: string; code: string }>(),
  /** The mailbox of the event became part of the incident. */
  'incident.joined': payload<{ cause: string; code: string }>(),
  'incident.left': payload<{ cause: string; code: string }>(),
  /** Erasure of a person, whom no event names. */
  'erasure.started': payload<{ by: string }>(),
  'erasure.progressed': payload<{ by: string }>(),
  'erasure.completed': payload<{ by: string }>(),
  'alert.delivery_changed': payload<{ channel: string; state: string; reason: string | null }>(),
} as const

export type EventKind = keyof typeof EVENTS
export type EventPayloads = { readonly [Kind in EventKind]: Readonly<(typeof EVENTS)[Kind]> }

export type StateChangeKind = EventKind & `${string}.state_changed`

export const EVENT_KINDS = Object.keys(EVENTS) as readonly EventKind[]

/** `reason` is the code of an error. */
interface StateChange {
  from: string
  to: string
  reason: string | null
}

interface SubmissionChange {
  state: string
  /** Code of an error. */
  reason: string | null
  conversationId: string | null
  /** The copy in Sent. */
  messageId: string | null
}

type UserName = string | undefined

interface TagName {
  id: string
  name: string
}

/** Kinds of events that concern the whole team although they have no mailbox, as LIKE patterns. */
export const KINDS_FOR_ALL = ['tag.%', 'saved_view.%', 'canned_response.%', 'customer_note.%'] as const

/** Declares the type of a detail; it has no runtime value. */
function payload<Payload extends object>(): Payload {
  return undefined as unknown as Payload
}

/** An event of one of these kinds, with its payload. */
export type NewEvent<Kind extends EventKind = EventKind> = {
  [Each in Kind]: {
    kind: Each
    /** Absent for an event of no mailbox: only callers who see all mailboxes see it. */
    emailAccountId?: EmailAccountId | undefined
    subjectId: string
    payload: EventPayloads[Each]
    at: Date
  }
}[Kind]

export type StoredEvent<Kind extends EventKind = EventKind> = NewEvent<Kind> & {
  /** Ascending id. Pass it as `after` to continue (SSE: `Last-Event-ID`). Gaps have no meaning. */
  id: number
}

export function isStateChange(event: StoredEvent): event is StoredEvent<StateChangeKind> {
  return event.kind.endsWith('.state_changed')
}
