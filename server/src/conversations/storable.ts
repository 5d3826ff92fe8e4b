import type { Address } from '../mail/index.ts'

/** Longest Message-ID that leads to a conversation: a line of RFC 5322 §2.1.1, and an index row has no room for more. */
const LONGEST_ID_BYTES = 998
const MOST_REFERENCES = 100

/** PostgreSQL keeps no NUL and no half of a surrogate pair, and mail has both. */
export function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed()
}

export function storableAddress({ name, address }: Address): Address {
  return { name: storable(name), address: storable(address) }
}

export function addressesJson(addresses: readonly Address[]): string {
  return JSON.stringify(addresses.map(storableAddress))
}

export function addressJson(address: Address | undefined): string | null {
  return address ? JSON.stringify(storableAddress(address)) : null
}

/** Msg-ids that can be kept, without repetition: of very many the first, which began it, and the last ones. */
export function storableIds(ids: readonly string[]): string[] {
  const kept = [...new Set(ids.map(storable))].filter(isStorableId)
  return kept.length > MOST_REFERENCES ? [kept[0]!, ...kept.slice(1 - MOST_REFERENCES)] : kept
}

export function storableId(id: string | undefined): string | undefined {
  return id === undefined ? undefined : storableIds([id])[0]
}

function isStorableId(id: string): boolean {
  return id !== '' && Buffer.byteLength(id) <= LONGEST_ID_BYTES
}
