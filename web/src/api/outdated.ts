/** Decides which fetched data an event makes outdated. */
import type { Event } from './generated/types.gen.ts'

/** The part of a kind before its dot. */
type ThingOf<Kind extends string> = Kind extends `${infer Thing}.${string}` ? Thing : never
type Thing = ThingOf<Event['kind']>

/** First element of the generated query keys. */
export interface QueryHead {
  _id?: string
  tags?: readonly string[]
  path?: { id?: string }
  query?: { subject?: string }
}

/** Tags of the routes (`/v1/<tag>`) that show objects of this kind. */
const SHOWN_BY: Readonly<Record<Thing, readonly string[]>> = {
  message: ['conversations', 'messages', 'email-accounts'],
  conversation: ['conversations', 'drafts', 'events'],
  draft: ['conversations', 'drafts'],
  tag: ['tags'],
  saved_view: ['saved-views'],
  canned_response: ['canned-responses'],
  customer_note: ['conversations'],
  submission: ['conversations', 'submissions', 'email-accounts', 'restored-backup'],
  folder: ['email-accounts'],
  email_account: ['email-accounts', 'conversations', 'grants'],
  grant: ['grants', 'email-accounts', 'cloud-providers'],
  principal_request: ['email-accounts'],
  account_batch: ['account-batches', 'email-accounts'],
  connect_session: ['connect-sessions', 'grants'],
  sign_in_link: ['sign-in-links', 'grants'],
  cloud_provider: ['cloud-providers', 'email-accounts'],
  incident: ['incidents', 'alerts'],
  alert: ['incidents', 'alerts', 'alert-settings'],
  erasure: ['erasures'],
}
/** Finer than `SHOWN_BY`, for frequent events. */
const SHOWN_ALONE_BY: Readonly<Partial<Record<Event['kind'], readonly string[]>>> = {
  // Every grant is refreshed hourly, which no list of mailboxes shows.
  'grant.refreshed': ['grants'],
  'email_account.import_progressed': ['email-accounts'],
  'email_account.conversations_closed': ['email-accounts', 'conversations'],
  'email_account.conversations_reopened': ['email-accounts', 'conversations'],
  'email_account.mail_deleted': ['email-accounts', 'conversations'],
}
/** Requests that fewer events concern than those of their tags, by operation. */
const OUTDATED_ONLY_BY: Readonly<Record<string, ReadonlySet<Event['kind']>>> = {
  getEmailAccountsIdClosing: new Set(['email_account.conversations_closed', 'email_account.conversations_reopened']),
  // Counted when its dialog opens.
  getEmailAccountsIdClosingPreview: new Set(),
  getEmailAccountsIdRetentionPreview: new Set(),
}
/** Events of a mailbox that its row in the list of mailboxes does not show. */
const NOT_IN_ACCOUNT_LIST: ReadonlySet<Thing> = new Set(['message', 'submission', 'folder'])
/** A row shows nothing of the outbox: a sent message is an event of its own. */
const CHANGES_ROWS: ReadonlySet<Thing> = new Set(['message', 'conversation', 'draft'])
/** An accepted answer ends the need for a reply, and its cancellation restores it. */
const ANSWERS: ReadonlySet<Event['kind']> = new Set(['submission.queued', 'submission.canceled'])
/** Events of a mailbox that change many conversations at once: whole lists are fetched again. */
export const CHANGES_LISTS: ReadonlySet<Event['kind']> = new Set([
  'email_account.removed',
  'email_account.conversations_closed',
  'email_account.conversations_reopened',
  'email_account.mail_deleted',
])
/** Events that move drafts between conversations or mailboxes. */
const MOVES_DRAFTS: ReadonlySet<Event['kind']> = new Set([
  'conversation.merged',
  'conversation.superseded',
  'conversation.split',
  'conversation.moved',
  'conversation.left',
])

/** True if data with this key shows the object of the event. Lists of conversations update their rows instead. */
export function isOutdated(head: QueryHead, event: Event): boolean {
  const { kind, subject, account } = event
  const thing = thingOf(kind)
  const shownBy = SHOWN_ALONE_BY[kind] ?? SHOWN_BY[thing]
  const tag = head.tags?.find((each) => shownBy.includes(each))
  const id = head.path?.id
  const onlyBy = OUTDATED_ONLY_BY[head._id ?? '']
  if (onlyBy) return onlyBy.has(kind) && id === account
  switch (tag) {
    case undefined:
      return false
    case 'conversations':
      if (thing === 'email_account') return CHANGES_LISTS.has(kind)
      // In every conversation with the address, which the event does not name.
      if (thing === 'customer_note') return head._id === 'getConversationsIdCustomer'
      return id === undefined || conversationsOf(event).includes(id)
    case 'events':
      return head.query?.subject === undefined || conversationsOf(event).includes(head.query.subject)
    case 'drafts':
      if (thing === 'conversation') return MOVES_DRAFTS.has(kind)
      return id === undefined || id === subject
    case 'messages':
    case 'submissions':
      return id === undefined || id === subject
    case 'email-accounts':
      if (id !== undefined) return thing === 'email_account' ? id === subject : isNoOther(id, account)
      if (kind === 'email_account.import_progressed') return event.data.done
      return !NOT_IN_ACCOUNT_LIST.has(thing)
    default:
      return true
  }
}

/** Conversations whose rows in a list the event changes. */
export function listChangedRows(event: Event): string[] {
  const changesRows = CHANGES_ROWS.has(thingOf(event.kind)) || ANSWERS.has(event.kind)
  return changesRows ? conversationsOf(event) : []
}

function conversationsOf({ data }: Event): string[] {
  const { conversationId, into, merged, splitFrom } = data as Readonly<Record<string, unknown>>
  return [conversationId, into, merged, splitFrom].filter((id) => typeof id === 'string')
}

function thingOf(kind: Event['kind']): Thing {
  return kind.split('.')[0] as Thing
}

/** An event of no mailbox can concern each. */
function isNoOther(id: string, account: string | undefined): boolean {
  return account === undefined || account === id
}
