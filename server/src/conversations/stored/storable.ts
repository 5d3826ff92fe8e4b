import { cleanLine, type Address } from '../../mail/index.ts'

/**
 * Maximum length of a Message-ID used for threading, in bytes: the line limit of RFC 5322 §2.1.1 and the index row
 * limit.
 */
const LONGEST_ID_BYTES = 998
const MOST_REFERENCES = 100

/** Removes NUL and unpaired surrogates, which occur in mail and which PostgreSQL rejects. */
export function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed()
}

/** Cleans untrusted text for display on one line. */
export function storableLine(text: string): string {
  return storable(cleanLine(text))
}

export function storableAddress({ name, address }: Address): Address {
  return { name: storableLine(name), address: storableLine(address) }
}

/**
 * Formats a time of any year for PostgreSQL, because mail may have wrong dates. ISO 8601, except for years of five or
 * more digits and years before 1.
 */
export function timeText(time: Date): string {
  const iso = time.toISOString().replace(/^\+0*/, '')
  if (!iso.startsWith('-')) return iso
  const year = 1 - time.getUTCFullYear()
  return `${String(year).padStart(4, '0')}${iso.replace(/^-\d+/, '')} BC`
}

/**
 * Storable Message-IDs without duplicates. If there are too many, keeps the first one, which started the thread, and
 * the last ones.
 */
export function storableIds(ids: readonly string[]): string[] {
  const kept = [...new Set(ids.map(storable))].filter(isStorableId)
  return kept.length > MOST_REFERENCES ? [kept[0]!, ...kept.slice(1 - MOST_REFERENCES)] : kept
}

export function storableId(id: string | undefined): string | undefined {
  return id === undefined ? undefined : storableIds([id])[0]
}

/** JSON of a value that contains untrusted text. */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => (typeof one === 'string' ? storable(one) : one))
}

function isStorableId(id: string): boolean {
  return id !== '' && Buffer.byteLength(id) <= LONGEST_ID_BYTES
}
