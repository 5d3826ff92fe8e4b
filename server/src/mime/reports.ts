import { parseMessageIds, type DeliveryReport, type ReadReceipt } from '../mail/index.ts'
import { BOUNDS, type Findings } from './bounds.ts'
import { findField, readHeader, words, type HeaderField } from './header.ts'
import { decodeBytes } from './transfer-encoding.ts'
import type { Part } from './part-tree.ts'

const STATUS = new Set(['message/delivery-status', 'message/global-delivery-status'])
const NOTIFICATION = new Set(['message/disposition-notification', 'message/global-disposition-notification'])
const RETURNED = new Set(['message/rfc822', 'message/global', 'text/rfc822-headers', 'message/rfc822-headers', 'message/global-headers']) // prettier-ignore
const ACTIONS = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const
const MOST_RECIPIENTS = 100
const LONGEST_DIAGNOSTIC = 1000

/**
 * Reads a server's report about undelivered mail (RFC 3464). Only a real report counts, a `multipart/report` at the top
 * with its machine-readable part: any sender can write a text with "undeliverable".
 */
export function findDeliveryReport(source: Buffer, root: Part, findings: Findings): DeliveryReport | undefined {
  // Some servers write one status part per recipient.
  const statuses = reportParts(root, STATUS).slice(0, MOST_RECIPIENTS)
  if (statuses.length === 0) return undefined
  const read = statuses.map((status) => groupsOf(decodeBytes(source, status, findings), findings))
  const [message = []] = read[0]!
  // Some servers omit the fields of the message and start with a recipient.
  const perRecipient = read.flatMap(([first = [], ...groups]) =>
    findField(first, 'final-recipient') ? [first, ...groups] : groups,
  )
  const recipients = perRecipient.flatMap(recipientOf).slice(0, MOST_RECIPIENTS)
  const returned = returnedHeader(source, root, findings)
  return {
    originalMessageId: parseMessageIds(findField(returned, 'message-id') ?? '')[0],
    originalReferences: parseMessageIds(findField(returned, 'references') ?? '').slice(-20),
    reportingMta: typed(findField(message, 'reporting-mta')) || undefined,
    recipients,
  }
}

/** Reads a receipt that a recipient read the message (RFC 8098). */
export function findReadReceipt(source: Buffer, root: Part, findings: Findings): ReadReceipt | undefined {
  const [part] = reportParts(root, NOTIFICATION)
  if (!part) return undefined
  const [fields = []] = groupsOf(decodeBytes(source, part, findings), findings)
  const disposition = findField(fields, 'disposition')?.split(';')[1]?.trim().split('/')[0]?.toLowerCase()
  if (!disposition) return undefined
  const original = findField(fields, 'original-message-id')
  return {
    originalMessageId: parseMessageIds(
      original ?? findField(returnedHeader(source, root, findings), 'message-id') ?? '',
    )[0],
    recipient: typed(findField(fields, 'final-recipient')) || undefined,
    disposition: disposition.slice(0, 40),
  }
}

function reportParts(root: Part, types: ReadonlySet<string>): Part[] {
  return root.type === 'multipart/report' ? root.children.filter(({ type }) => types.has(type)) : []
}

/** Returns the header of the reported message. */
function returnedHeader(source: Buffer, root: Part, findings: Findings): readonly HeaderField[] {
  const part = root.children.find(({ type }) => RETURNED.has(type))
  if (!part) return []
  const bytes = decodeBytes(source, part, findings)
  return readHeader(bytes, 0, bytes.length, findings).fields
}

/** Returns groups of fields, separated by empty lines (RFC 3464 §2.1). */
function groupsOf(bytes: Buffer, findings: Findings): (readonly HeaderField[])[] {
  const groups: (readonly HeaderField[])[] = []
  let at = 0
  while (at < bytes.length && groups.length <= MOST_RECIPIENTS) {
    while (bytes[at] === 10 || bytes[at] === 13) at++
    const { fields, bodyStart } = readHeader(bytes, at, bytes.length, findings)
    if (fields.length > 0) groups.push(fields)
    if (bodyStart <= at) break
    at = bodyStart
  }
  return groups
}

function recipientOf(fields: readonly HeaderField[]): DeliveryReport['recipients'] {
  const original = typed(findField(fields, 'original-recipient')).slice(0, 320)
  const address = typed(findField(fields, 'final-recipient')) || original
  const field = findField(fields, 'action')?.trim().toLowerCase()
  const action = ACTIONS.find((one) => one === field)
  if (!address || !action) return []
  const [status] = /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(findField(fields, 'status') ?? '') ?? []
  const diagnostic = typed(findField(fields, 'diagnostic-code')).slice(0, LONGEST_DIAGNOSTIC)
  const originalAddress = original !== '' && original !== address ? original : undefined
  return [
    {
      address: address.slice(0, 320),
      ...(originalAddress !== undefined && { originalAddress }),
      ...{ action, status, diagnostic: diagnostic || undefined },
    },
  ]
}

/** Removes the type and `<>` from a value such as `rfc822; kim@customer.example`. */
function typed(value: string | undefined): string {
  const text = words((value ?? '').slice(0, BOUNDS.subjectLength))
  return text
    .slice(text.indexOf(';') + 1)
    .trim()
    .replaceAll(/^<|>$/g, '')
}
