import { cleanLine, type Address } from '../../mail/index.ts'

/** Longest Message-ID that leads to a conversation: a line of RFC 5322 §2.1.1, and an index row has no room for more. */
const LONGEST_ID_BYTES = 998
const MOST_REFERENCES = 100

/** PostgreSQL keeps no NUL and no half of a surrogate pair, and mail has both. */
export function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed()
}

/** A text of a stranger that is shown as one line. */
export function storableLine(text: string): string {
  return storable(cleanLine(text))
}

export function storableAddress({ name, address }: Address): Address {
  return { name: storableLine(name), address: storableLine(address) }
}

/** For PostgreSQL, in whichever year: mail is dated by clocks that are wrong. ISO 8601 but for the years of five digits. */
export function timeText(time: Date): string {
  const iso = time.toISOString().replace(/^\+0*/, '')
  if (!iso.startsWith('-')) return iso
  const year = 1 - time.getUTCFullYear()
  return `${String(year).padStart(4, '0')}${iso.replace(/^-\d+/, '')} BC`
}

/** Msg-ids that can be kept, without repetition: of very many the first, which began it, and the last ones. */
export function storableIds(ids: readonly string[]): string[] {
  const kept = [...new Set(ids.map(storable))].filter(isStorableId)
  return kept.length > MOST_REFERENCES ? [kept[0]!, ...kept.slice(1 - MOST_REFERENCES)] : kept
}

export function storableId(id: string | undefined): string | undefined {
  return id === undefined ? undefined : storableIds([id])[0]
}

/** JSON of something with texts of strangers in it. */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => (typeof one === 'string' ? storable(one) : one))
}

function isStorableId(id: string): boolean {
  return id !== '' && Buffer.byteLength(id) <= LONGEST_ID_BYTES
}
