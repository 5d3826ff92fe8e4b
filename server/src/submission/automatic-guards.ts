/**
 * What is never answered by itself (RFC 3834 §2). Each guard alone ends a loop: two programs that answer each other have
 * to get past all of them.
 */
import type { FolderRole, RemoteMessage } from '../mail/index.ts'
import { findAutomaticMark, isAddress, type Address } from '../mail/index.ts'

export type Guard =
  | 'switched-off'
  | 'old'
  | 'out-of-hours'
  | 'folder'
  | 'automatic'
  | 'suppressed'
  | 'no-sender'
  | 'no-reply-address'
  | 'sender-failed'
  | 'not-addressed'
  | 'one-of-ours'
  | 'answered-sender'
  | 'answered-conversation'
  | 'too-many'

/** Older mail comes late, after a time in which nobody read the mailbox: nobody waits for a word any more. */
export const LONGEST_WAIT_MS = 24 * 60 * 60_000

/** Names behind which nobody reads, or a program does. */
const NOBODY =
  /^(?:(?:no|do[-_.]?not|dont|never)[-_.+]?repl(?:y|ies)|mailer-daemon|postmaster|listserv|majordomo|mdaemon|root|daemon|(?:auto|automated|notifications?|alerts?)|.*[-_.](?:noreply|bounces?|request|owner)|(?:owner|bounces?)(?:[-_+.].*)?)(?:\+.*)?$/i

interface Received {
  message: RemoteMessage
  role: FolderRole | undefined
}

/** Why the message is not answered, as far as it tells itself; or to whom the answer goes. */
export function recipientOrGuard(
  { message, role }: Received,
  { own, since, now }: { own: readonly string[]; since: Date; now: Date },
): { to: Address } | { guard: Guard } {
  const { from, replyTo, to, cc, receivedAt, headers, marks } = message
  if (receivedAt < since || now.getTime() - receivedAt.getTime() > LONGEST_WAIT_MS) return { guard: 'old' }
  // In Junk most lie that have a forged sender; who has archived it already has read it.
  if (role !== undefined && role !== 'inbox') return { guard: 'folder' }
  if (isAutomatic(message)) return { guard: 'automatic' }
  // No sign that a machine wrote it, but a wish not to be answered by one.
  const suppress = headers.find(({ name }) => name.toLowerCase() === 'x-auto-response-suppress')?.value ?? ''
  if (/\b(?:all|autoreply|oof)\b/i.test(suppress)) return { guard: 'suppressed' }
  if (!from) return { guard: 'no-sender' }
  // A form on a website writes in its own name, and says whom to answer.
  const answered = replyTo.length === 1 ? replyTo[0]! : from
  if (![from, answered].every(({ address }) => isAddress(address))) return { guard: 'no-sender' }
  if ([from, answered].some(({ address }) => NOBODY.test(localPartOf(address)))) return { guard: 'no-reply-address' }
  if (marks?.authentication?.verdict === 'fail') return { guard: 'sender-failed' }
  const isOwn = ({ address }: Address) => own.includes(address.toLowerCase())
  if (isOwn(from) || isOwn(answered)) return { guard: 'one-of-ours' }
  // What came by Bcc or over a list was not written to us (RFC 3834 §2).
  if (![...to, ...cc].some(isOwn)) return { guard: 'not-addressed' }
  return { to: { name: answered === from ? from.name : answered.name, address: answered.address } }
}

function isAutomatic({ marks, headers }: RemoteMessage): boolean {
  if (marks && (marks.automatic ?? marks.deliveryReport ?? marks.readReceipt ?? marks.list ?? marks.invitation)) {
    return true
  }
  return marks?.quarantine !== undefined || findAutomaticMark(headers) !== undefined
}

/** By whom somebody is known who writes from an address with a `+` part that changes. */
export function senderKeyOf({ address }: Address): string {
  const domain = address.slice(address.lastIndexOf('@') + 1)
  return `${localPartOf(address).split('+', 1)[0]!}@${domain}`.toLowerCase()
}

function localPartOf(address: string): string {
  return address.slice(0, address.lastIndexOf('@'))
}

const LONGEST_VALUE = 120

/**
 * Puts the values in. They come from a stranger, and the answer goes to whomever the stranger named: no links, one line
 * each.
 */
export function filledIn(template: string, values: Readonly<Record<'name' | 'subject' | 'mailbox', string>>): string {
  return template.replaceAll(/\{(name|subject|mailbox)\}/g, (_whole, name: keyof typeof values) =>
    harmless(values[name]),
  )
}

function harmless(value: string): string {
  return value
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replaceAll(/\S*(?::\/\/|www\.)\S*/gi, '…')
    .trim()
    .slice(0, LONGEST_VALUE)
    .toWellFormed()
}
