import { by, count, flag, kind, maybeText, oneOf, otherId, stateChange, text, textOrNull } from './fields-of-events.ts'
import { field } from './fields-of-events.ts'
import { z } from 'zod'

const userName = maybeText('sales@contoso.example')

/** Events of mailboxes, their folders, sign-ins and incidents. */
export const KINDS_OF_ACCOUNTS = {
  'email_account.associated': kind('A mailbox was connected.', { by }),
  'email_account.state_changed': kind('Its connection state changed.', stateChange),
  'email_account.import_progressed': kind('A page of its import was stored or set aside.', {
    folderId: otherId,
    done: flag,
  }),
  'email_account.push_changed': kind('Its change notifications started, failed or stopped.', {
    push: text('active'),
    reason: textOrNull(null),
  }),
  'email_account.protocols_changed': kind('It sends by another protocol than before.', {
    sendsBy: oneOf(['graph', 'smtp']),
    reason: text('transports.graph_unavailable'),
  }),
  // `from` and `to` are user names, absent for the application.
  'email_account.principal_changed': kind('Another grant, or the application, opens it.', {
    why: text('expired'),
    by,
    from: userName,
    to: userName,
  }),
  // `reason` when a check of the backup sign-in had another outcome than before.
  'email_account.backup_sign_in_changed': kind('Its backup sign-in was set, removed, or checked with another result.', {
    by,
    from: userName,
    to: userName,
    reason: field(z.string().nullable().optional()),
  }),
  'email_account.conversations_closed': kind(
    'A batch of its old conversations was closed, without events of their own; `done` with the last batch.',
    { by, count: count(500), done: flag },
  ),
  'email_account.conversations_reopened': kind('A batch of them was opened again, because someone undid the closing.', {
    by,
    count: count(500),
    done: flag,
  }),
  'email_account.mail_deleted': kind('Retention has deleted old mail, in one run.', {
    by,
    conversations: count(12),
    messages: count(57),
    sources: count(0),
  }),
  'email_account.removed': kind('It was removed with its mail.', { by, key: text('SUP') }),

  'folder.renamed': kind('A folder has a new name.', { from: text('Orders'), name: text('Orders 2026') }),
  'folder.removed': kind('The server no longer lists a folder.', { name: text('Orders') }),
  'folder.refused': kind('The server lists a folder and refuses to open it.', { name: text('Orders') }),
  'folder.resynced': kind('A folder was read again from its start; `left` counts messages no longer in it.', {
    folderId: otherId,
    left: count(3),
  }),

  'grant.state_changed': kind('The state of a sign-in changed.', stateChange),
  'grant.refreshed': kind('An access token was refreshed; `ms` is the time to the answer.', {
    resource: text('graph'),
    ms: count(212),
  }),
  'principal_request.created': kind('A different user signed in for a mailbox.', {
    by,
    userName: text('a@contoso.example'),
  }),
  'principal_request.dismissed': kind('An admin dismissed it.', { by, userName: text('a@contoso.example') }),
  'sign_in_link.used': kind('A sign-in link was used.', {
    createdBy: by,
    usedBy: text('sales@contoso.example'),
    kind: text('connect'),
    grantId: maybeText(),
  }),
  'connect_session.completed': kind('The mailbox of a connect session was connected.', {
    createdBy: by,
    state: maybeText('order-4711'),
    emailAccountId: otherId,
    userName: text('sales@contoso.example'),
  }),
  'connect_session.failed': kind(
    'An attempt failed, for the reason of the code. Until the session expires, the owner can try again unless it is final.',
    {
      createdBy: by,
      state: maybeText('order-4711'),
      reason: text('tokens.consent_required'),
      isFinal: field(z.boolean(), false),
    },
  ),
  'connect_session.canceled': kind(
    'It was canceled. With a `reason`, Postkey did it, as its key or creator may no longer connect mailboxes.',
    {
      createdBy: by,
      state: maybeText('order-4711'),
      by,
      reason: field(z.enum(['key-revoked', 'key-expired', 'creator-not-admin']).optional()),
    },
  ),
  'connect_session.expired': kind('It expired without a mailbox; `reason` of the latest failed attempt, if any.', {
    createdBy: by,
    state: maybeText('order-4711'),
    reason: maybeText(),
  }),
  'account_batch.completed': kind('Each mailbox of an account batch is connected or not, or the batch was canceled.', {
    createdBy: by,
    status: field(z.enum(['completed', 'canceled']), 'completed'),
    connected: count(498),
    failed: count(2),
    canceled: count(0),
    alreadyConnected: count(0),
    duplicates: count(0),
  }),
  'cloud_provider.state_changed': kind('The state of a registration changed.', stateChange),

  'incident.opened': kind('An incident opened.', incident()),
  'incident.changed': kind('It has another reason.', incident()),
  'incident.closed': kind('It ended.', incident()),
  'incident.joined': kind('The mailbox became part of it.', incident()),
  'incident.left': kind('The mailbox works again.', incident()),
  'alert.delivery_changed': kind('An alert was delivered, failed or waits.', {
    channel: text('email'),
    state: text('delivered'),
    reason: textOrNull(null),
  }),
} as const

function incident() {
  return { cause: text('person'), code: text('tokens.grant_ended') }
}
