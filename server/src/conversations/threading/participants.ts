import type { Address, RemoteMessage } from '../../mail/index.ts'
import type { FilingAccount } from './filing-account.ts'

const MOST_PARTICIPANTS = 100

/** Addresses of an account, in lower case. */
export type OwnAddresses = ReadonlySet<string>

export function ownAddresses({ address, aliases = [] }: Pick<FilingAccount, 'address' | 'aliases'>): OwnAddresses {
  return new Set([address, ...aliases.map((alias) => alias.address)].map((each) => each.toLowerCase()))
}

/** Authors of a received message, or recipients of a sent one, without the account itself. */
export function correspondents(
  { from, sender, replyTo, to, cc, bcc }: Pick<RemoteMessage, 'from' | 'sender' | 'replyTo' | 'to' | 'cc' | 'bcc'>,
  direction: 'in' | 'out',
  own: OwnAddresses,
): Address[] {
  return withoutOwn(direction === 'in' ? [from, sender, ...replyTo] : [...to, ...cc, ...bcc], own)
}

/** Adds the participants of a message to `known`: each once, without the account itself, at most a hundred. */
export function addParticipants(
  known: readonly Address[],
  message: { from: Address | undefined } & Readonly<Record<'replyTo' | 'to' | 'cc', readonly Address[]>>,
  own: OwnAddresses,
): Address[] {
  const all = [...known, ...withoutOwn([message.from, ...message.replyTo, ...message.to, ...message.cc], own)]
  const byKey = new Map<string, Address>()
  for (const one of all) {
    const key = addressKey(one)
    if (byKey.get(key)?.name) continue
    byKey.set(key, one)
  }
  return [...byKey.values()].slice(0, MOST_PARTICIPANTS)
}

export function shareAddress(some: readonly Address[], others: readonly Address[]): boolean {
  const keys = new Set(others.map(addressKey))
  return some.some((one) => keys.has(addressKey(one)))
}

function withoutOwn(addresses: readonly (Address | undefined)[], own: OwnAddresses): Address[] {
  return addresses.filter((one) => one !== undefined).filter((one) => one.address && !own.has(addressKey(one)))
}

export function addressKey({ address }: Address): string {
  return address.toLowerCase()
}
