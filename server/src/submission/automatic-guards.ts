/**
 * Guards that prevent automatic replies (RFC 3834 §2). Each one alone ends a loop: two auto-responders loop only if
 * they get past all guards.
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

/** Maximum age of mail that is answered. Older mail arrived late, and a late automatic reply is useless. */
export const LONGEST_WAIT_MS = 24 * 60 * 60_000

/** Local parts of addresses that no person reads. */
const NOBODY =
  /^(?:(?:no|do[-_.]?not|dont|never)[-_.+]?repl(?:y|ies)|mailer-daemon|postmaster|listserv|majordomo|mdaemon|root|daemon|(?:auto|automated|notifications?|alerts?)|.*[-_.](?:noreply|bounces?|request|owner)|(?:owner|bounces?)(?:[-_+.].*)?)(?:\+.*)?$/i

interface Received {
  message: RemoteMessage
  role: FolderRole | undefined
}

/** Returns the recipient of the reply, or the guard that prevents it, judged by the message alone. */
export function recipientOrGuard(
  { message, role }: Received,
  { own, since, now }: { own: readonly string[]; since: Date; now: Date },
): { to: Address } | { guard: Guard } {
  const { from, replyTo, to, cc, receivedAt, headers, marks } = message
  if (receivedAt < since || now.getTime() - receivedAt.getTime() > LONGEST_WAIT_MS) return { guard: 'old' }
  // Junk mostly has forged senders; archived mail has already been read.
  if (role !== undefined && role !== 'inbox') return { guard: 'folder' }
  if (isAutomatic(message)) return { guard: 'automatic' }
  // The header does not mark automatic mail; it asks that no automatic reply is sent.
  const suppress = headers.find(({ name }) => name.toLowerCase() === 'x-auto-response-suppress')?.value ?? ''
  if (/\b(?:all|autoreply|oof)\b/i.test(suppress)) return { guard: 'suppressed' }
  if (!from) return { guard: 'no-sender' }
  // A website form sends in its own name and sets Reply-To to the customer.
  const answered = replyTo.length === 1 ? replyTo[0]! : from
  if (![from, answered].every(({ address }) => isAddress(address))) return { guard: 'no-sender' }
  if ([from, answered].some(({ address }) => NOBODY.test(localPartOf(address)))) return { guard: 'no-reply-address' }
  if (marks?.authentication?.verdict === 'fail') return { guard: 'sender-failed' }
  const isOwn = ({ address }: Address) => own.includes(address.toLowerCase())
  if (isOwn(from) || isOwn(answered)) return { guard: 'one-of-ours' }
  // Mail received by Bcc or through a list is not addressed to the mailbox (RFC 3834 §2).
  if (![...to, ...cc].some(isOwn)) return { guard: 'not-addressed' }
  return { to: { name: answered === from ? from.name : answered.name, address: answered.address } }
}

function isAutomatic({ marks, headers }: RemoteMessage): boolean {
  if (marks && (marks.automatic ?? marks.deliveryReport ?? marks.readReceipt ?? marks.list ?? marks.invitation)) {
    return true
  }
  return marks?.quarantine !== undefined || findAutomaticMark(headers) !== undefined
}

/** Key of a sender, without a `+` part, which may change with each message. */
export function toSenderKey({ address }: Address): string {
  const domain = address.slice(address.lastIndexOf('@') + 1)
  return `${localPartOf(address).split('+', 1)[0]!}@${domain}`.toLowerCase()
}

function localPartOf(address: string): string {
  return address.slice(0, address.lastIndexOf('@'))
}

const LONGEST_VALUE = 120

/**
 * Fills in the template. The values are untrusted and the recipient may be forged, so links are removed and each value
 * stays on one line.
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
