import { z } from 'zod'
import {
  by,
  conversationId,
  field,
  kind,
  oneOf,
  otherConversation,
  otherId,
  text,
  textOrNull,
} from './fields-of-events.ts'
import { flag } from './fields-of-events.ts'

const moved = { conversationId, direction: oneOf(['in', 'out']) }
const change = { conversationId, by }
const personId = '0197b2a4-6c1e-7d60-9f3a-52c84d1be704'
const optionalConversation = field(z.string().optional())
const conversationOrNull = field(z.string().nullable(), conversationId.example)
const accountId = text('0197b2a4-0a11-7b3f-9c55-3f6e7d8a9b10')
const tags = field(z.array(z.object({ id: z.string(), name: z.string() })), [{ id: otherId.example!, name: 'Returns' }])
const recipients = field(
  z.array(
    z.object({
      address: z.string(),
      originalAddress: z.string().optional(),
      action: z.enum(['failed', 'delayed', 'delivered', 'relayed', 'expanded']),
      status: z.string().optional(),
      diagnostic: z.string().optional(),
    }),
  ),
  [{ address: 'jo@customer.example', action: 'failed', status: '5.1.1', diagnostic: 'smtp; 550 5.1.1 No such user' }],
)
const submission = {
  state: text('sent'),
  reason: textOrNull(null),
  conversationId: conversationOrNull,
  messageId: textOrNull(null),
}

/** Events of messages, conversations, drafts, submissions and what the team keeps about them. */
export const KINDS_OF_MAIL = {
  'message.received': kind('A message arrived.', moved),
  'message.sent': kind('A message sent from the mailbox appeared in it.', moved, { direction: 'out' }),
  'message.imported': kind('An older message was imported.', moved),
  'message.bounced': kind('A delivery report arrived; the subject is the report.', { conversationId, recipients }),
  'message.removed': kind('Removed from the mailbox; Postkey keeps it.', { conversationId }),
  'message.restored': kind('In the mailbox again.', { conversationId }),
  'message.flags_changed': kind('Flags such as `seen` changed.', {
    conversationId,
    flags: field(z.array(z.string()), ['seen']),
  }),
  'message.content_replaced': kind('Its content was replaced after delivery.', { conversationId }),
  'message.reparsed': kind(
    'Parsed again from its source.',
    { conversationId, by, quarantined: flag },
    { quarantined: false },
  ),
  'message.split_declined': kind('Stays in its conversation although its subject differs.', change),
  'message.filing_failed': kind('Not stored; Postkey retries. The subject is its id on the server.', {
    folderRemoteId: text('AAMkAGI2…'),
  }),

  'conversation.created': kind('A conversation started; `splitFrom` and `by` when a split created it.', {
    conversationId,
    splitFrom: optionalConversation,
    by: field(z.string().optional()),
  }),
  'conversation.assigned': kind('Assigned, or unassigned (null).', {
    conversationId,
    assigneeId: field(z.string().nullable(), personId),
    by,
  }),
  'conversation.closed': kind('Closed.', change),
  'conversation.wait_started': kind('Waits for an answer of the customer.', change),
  'conversation.snoozed': kind('Opens at `until`.', { conversationId, until: text('2026-03-02T08:00:00.000Z'), by }),
  'conversation.reopened': kind('Reopened; `by` is `message` for new mail, `snooze` after a snooze.', change),
  'conversation.spam_marked': kind('Marked as spam; `by` is `mailbox` after a move to Junk there.', change),
  'conversation.spam_unmarked': kind('In the inbox again; `by` is `message` for new mail, or `mailbox`.', change),
  'conversation.deleted': kind('In Deleted, its messages are kept; `by` is `mailbox` after a move there.', change),
  'conversation.restored': kind('In the inbox again; `by` is `message` for new mail, or `mailbox`.', change),
  'conversation.seen': kind('Read in Postkey by `by`; by a key, for everybody.', change),
  'conversation.unread_marked': kind('Marked as unread for `by`; by a key, for everybody.', change),
  'conversation.tagged': kind('Tags were added or removed, with their names at that time.', {
    conversationId,
    added: tags,
    removed: field(tags.schema, []),
    by,
  }),
  'conversation.note_added': kind('A note was added; `mentions`: ids of the people in it.', {
    conversationId,
    noteId: otherId,
    by,
    mentions: field(z.array(z.string()).optional()),
  }),
  // Those who take part in a conversation follow it without this event.
  'conversation.followed': kind('Followed by `by`; taking part in it follows without this event.', change),
  'conversation.unfollowed': kind('No longer followed by `by`.', change),
  'conversation.merged': kind('Took in the messages of `merged`; `by` is `message` for a bounce.', {
    conversationId,
    merged: otherConversation,
    by,
  }),
  'conversation.superseded': kind('Its messages moved to `into`; `by` is `message` for a bounce.', {
    conversationId,
    into: otherConversation,
    by,
  }),
  'conversation.split': kind('Some of its messages moved to the new conversation `into`.', {
    conversationId,
    into: otherConversation,
    by,
  }),
  'conversation.legal_hold_placed': kind('Put on legal hold: nothing deletes its messages.', change),
  'conversation.legal_hold_removed': kind('No longer on legal hold.', change),
  'conversation.moved': kind('Moved to the mailbox `to`, with its earlier events.', {
    conversationId,
    from: accountId,
    to: accountId,
    by,
  }),
  'conversation.left': kind('Moved to another mailbox, for callers who see the one that it left.', change),

  // Content changes write no event.
  'draft.created': kind('A draft was created; its changes have no events.', { conversationId: conversationOrNull, by }),
  'draft.deleted': kind('A draft was sent or discarded.', { conversationId: conversationOrNull, by }),
  'draft.restored': kind('Discarding a draft was undone.', { conversationId: conversationOrNull, by }),

  'submission.queued': kind('Accepted, or waiting for a retry when there is a `reason`.', submission, {
    state: 'queued',
  }),
  'submission.sending_started': kind('An attempt started.', submission, { state: 'sending' }),
  'submission.handed_over': kind('The mail server accepted it; its copy in Sent is not found yet.', submission, {
    state: 'handed-over',
  }),
  'submission.sent': kind('Sent.', submission),
  'submission.failed': kind('Refused.', submission, { state: 'failed', reason: 'transports.recipient_refused' }),
  'submission.canceled': kind('Canceled before it was sent.', submission, { state: 'canceled' }),
  'submission.outcome_lost': kind('Its state is `unknown`: sent or not sent.', submission, { state: 'unknown' }),

  // Without a mailbox, and visible to everyone who sees a mailbox.
  'tag.created': kind('A tag was created.', { by }),
  'tag.changed': kind('It has another name or color.', { by }),
  'tag.deleted': kind('It was deleted.', { by }),
  'tag.restored': kind('It is back, also on conversations.', { by }),
  // Personal ones, too: an event has no content.
  'saved_view.created': kind('A search was saved as a view.', { by }),
  'saved_view.changed': kind('It has another name, search or audience.', { by }),
  'saved_view.deleted': kind('It was deleted.', { by }),
  'canned_response.created': kind('A canned response was created.', { by }),
  'canned_response.changed': kind('It, or its attachments, changed; uses have no event.', { by }),
  'canned_response.deleted': kind('It was deleted.', { by }),
  // The subject is the conversation in which it was written: the address would name the customer to the whole team.
  'customer_note.changed': kind('The note about the customer of this conversation was saved.', { by }),

  // No event names the person.
  'erasure.started': kind('The erasure of a person began.', { by }),
  'erasure.progressed': kind('A part of it is done.', { by }),
  'erasure.completed': kind('Its report is complete.', { by }),
} as const
