import { asciiDomain, domainOfAddress, isSameOrganization } from './domains.ts'
import { findLookalike } from './lookalike.ts'
import type { Marks } from './marks.ts'
import type { Address } from './address.ts'
import type { MessageContent } from './message.ts'

/**
 * `several_senders`: more than one From address. `name_shows_address`: the display name contains another address.
 * `lookalike_domain`: the domain can pass for another one. `reply_to_elsewhere`: replies go to another organization.
 */
export const SENDER_WARNINGS = ['several_senders', 'name_shows_address', 'lookalike_domain', 'reply_to_elsewhere'] as const // prettier-ignore

export interface SenderWarning {
  kind: (typeof SENDER_WARNINGS)[number]
  /** Addresses or domain that caused the warning. */
  value: string
}

type Sent = Pick<MessageContent, 'from' | 'replyTo'> & { marks: Pick<Marks, 'senders'> }

/**
 * Returns reasons to doubt the displayed sender. Computed from the stored addresses at each reading, within a few
 * microseconds, so that improved rules also apply to stored mail.
 */
export function findSenderWarnings({ from, replyTo, marks: { senders = [] } }: Sent): SenderWarning[] {
  const warnings: SenderWarning[] = []
  if (senders.length > 1) warnings.push({ kind: 'several_senders', value: listed(senders) })
  if (!from) return warnings
  const inName = addressInName(from)
  if (inName !== undefined) warnings.push({ kind: 'name_shows_address', value: inName })
  const domain = domainOfAddress(from.address)
  const lookalike = domain === undefined ? undefined : findLookalike(domain)
  if (lookalike !== undefined) warnings.push({ kind: 'lookalike_domain', value: lookalike })
  const elsewhere = replyTo.filter(({ address }) => {
    const other = domainOfAddress(address)
    return domain !== undefined && other !== undefined && !isSameOrganization(domain, other)
  })
  if (elsewhere.length > 0) warnings.push({ kind: 'reply_to_elsewhere', value: listed(elsewhere) })
  return warnings
}

/** Returns true when the display name alone misleads, so that a list must show the address. */
export function isMisleading(address: Address): boolean {
  const domain = domainOfAddress(address.address)
  return addressInName(address) !== undefined || (domain !== undefined && findLookalike(domain) !== undefined)
}

/** Returns the name of a sender, or the address if the name misleads or is absent; its domain is in ASCII then. */
export function senderName(from: Address): string {
  const name = from.name.trim()
  if (name !== '' && !isMisleading(from)) return name
  const domain = domainOfAddress(from.address)
  const ascii = domain === undefined ? undefined : asciiDomain(domain)
  return ascii === undefined ? from.address : `${from.address.slice(0, from.address.lastIndexOf('@'))}@${ascii}`
}

const MOST_LISTED = 5

function listed(addresses: readonly Address[]): string {
  return addresses
    .slice(0, MOST_LISTED)
    .map(({ address }) => address)
    .join(', ')
}

/** Returns an address in the display name that differs from the address of the sender. */
function addressInName({ name, address }: Address): string | undefined {
  // Full-width and other compatibility forms of `@` and letters look the same.
  const words = name.slice(0, LONGEST_NAME).normalize('NFKC').split(SEPARATORS)
  return words.find((word) => ADDRESS.test(word) && word.toLowerCase() !== address.normalize('NFKC').toLowerCase())
}

const LONGEST_NAME = 1000
const SEPARATORS = /[\s<>()[\]"'`,;:|]+/
const ADDRESS = /^[^@]{1,64}@[\p{L}\p{N}][\p{L}\p{N}-]{0,62}\.[\p{L}\p{N}.-]{1,190}$/u
