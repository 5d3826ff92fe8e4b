import { randomUUID } from 'node:crypto'
import { domainToASCII } from 'node:url'
import { AppError } from '../kernel/errors.ts'
import { isAddress } from './address.ts'

const MOST_IDS = 200
/** Longer than any header line may be (RFC 5322 §2.1.1), and some are. */
const LONGEST_ID = 998
const LONGEST_FIELD = 100_000

/**
 * The msg-ids of an `In-Reply-To`, `References` or `Message-ID` field, in order, without `<>` and each once. Whatever
 * else stands there is passed over: comments, phrases of old mailers, dates. A field without any `<>` is read as words,
 * since some programs forget them.
 *
 * Of more than two hundred the first and the latest are kept: they are what an answer is recognized by.
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

/** Whether it can stand between `<` and `>`: no spaces, brackets or controls. An `@` is not insisted on. */
export function isMessageId(id: string): boolean {
  return id.length <= LONGEST_ID && /^[^\s<>\p{Cc}]+$/u.test(id)
}

/** `<a> <b>`, as the header wants it. */
export function formatMessageIds(ids: readonly string[]): string {
  return ids.map((id) => `<${id}>`).join(' ')
}

/**
 * A Message-ID of our own, in the domain of the address that sends: a foreign domain makes mail look forged.
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
 * What an answer to a message carries (RFC 5322 §3.6.4): its id as In-Reply-To, and as References its references, or
 * its only In-Reply-To where it has none, and its id.
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
  // The first names the conversation and the last ones the branch; servers refuse headers that grow without end.
  const references = chain.length <= MOST_REFERENCES ? chain : [chain[0]!, ...chain.slice(1 - MOST_REFERENCES)]
  return { inReplyTo: [messageId], references }
}

const MOST_REFERENCES = 50
