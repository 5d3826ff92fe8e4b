import { randomUUID } from 'node:crypto'
import { domainToASCII } from 'node:url'
import { AppError } from '../kernel/errors.ts'
import { isAddress } from './address.ts'

const MOST_IDS = 200
/** The limit of a header line (RFC 5322 §2.1.1), which some messages exceed. */
const LONGEST_ID = 998
const LONGEST_FIELD = 100_000

/**
 * Returns the msg-ids of an `In-Reply-To`, `References` or `Message-ID` field, in order, without `<>` and without
 * duplicates. Other text is skipped: comments, phrases of old mail programs, dates. A field without any `<>` is split
 * into words, because some programs forget them.
 *
 * Of more than two hundred ids the first and the latest are kept, because they identify a reply's conversation.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5322#section-3.6.4
 */
export function parseMessageIds(field: string): string[] {
  const text = field.slice(0, LONGEST_FIELD)
  const bracketed = [...text.matchAll(/<([^<>]*)>/g)].map(([, id = '']) => id.replaceAll(/\s+/g, ''))
  const found = text.includes('<') ? bracketed : text.split(/[\s,;]+/).filter((word) => word.includes('@'))
  const ids = [...new Set(found.filter(isMessageId))]
  return ids.length <= MOST_IDS ? ids : [...ids.slice(0, 1), ...ids.slice(1 - MOST_IDS)]
}

/** Returns true when an id is valid between `<` and `>`: no spaces, brackets or controls. An `@` is optional. */
export function isMessageId(id: string): boolean {
  return id.length <= LONGEST_ID && /^[^\s<>\p{Cc}]+$/u.test(id)
}

/** Formats ids as `<a> <b>` for a header field. */
export function formatMessageIds(ids: readonly string[]): string {
  return ids.map((id) => `<${id}>`).join(' ')
}

/**
 * Returns a new Message-ID in the domain of the sender address: a foreign domain makes mail look forged.
 *
 * @throws {AppError} `mail.header_refused`
 */
export function newMessageId(address: string): string {
  const domain = domainToASCII(address.slice(address.lastIndexOf('@') + 1)).toLowerCase()
  if (!isAddress(address) || !/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(domain))
    throw new AppError('mail.header_refused')
  return `${randomUUID()}@${domain}`
}

/**
 * Returns the threading headers of a reply (RFC 5322 §3.6.4). In-Reply-To is the id of the message. References are its
 * references, or else its only In-Reply-To, followed by its id.
 */
export function answerTo(original: {
  messageId: string | undefined
  inReplyTo: readonly string[]
  references: readonly string[]
}): { inReplyTo: string[]; references: string[] } {
  const { messageId } = original
  if (messageId === undefined) return { inReplyTo: [], references: [...original.references] }
  const parents =
    original.references.length > 0 ? original.references : original.inReplyTo.length === 1 ? original.inReplyTo : []
  const chain = [...new Set([...parents.filter((id) => id !== messageId), messageId])]
  // The first id names the conversation and the last ones the branch; servers refuse headers of unlimited length.
  const references = chain.length <= MOST_REFERENCES ? chain : [chain[0]!, ...chain.slice(1 - MOST_REFERENCES)]
  return { inReplyTo: [messageId], references }
}

const MOST_REFERENCES = 50
