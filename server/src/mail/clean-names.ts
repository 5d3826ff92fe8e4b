/** Controls, line and paragraph separators: they end a line or hide the text after them. */
const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu
/**
 * Bidirectional controls that reorder the surrounding text (UAX #9 §2): `invoice<RLO>fdp.exe` is displayed as
 * `invoiceexe.pdf`.
 */
const REORDERING = /[\u202a-\u202e\u2066-\u2069]/g
/** Zero-width characters that no script needs: they split words that a user or a filter searches for. */
const INVISIBLE = /[\u00ad\u034f\u180e\u200b\u2060-\u2064\ufeff\u{e0000}-\u{e007f}]/gu
/** Invisible characters that are removed from file names in addition: direction marks and joiners. */
const INVISIBLE_IN_FILES = /[\u061c\u200c-\u200f]/g

/**
 * Cleans received text for display on one line: names, addresses, subjects, folders. Joiners and direction marks stay,
 * because Persian, Hindi and Hebrew need them. All protocols use this function when rows are stored and, for rows of
 * earlier versions, when they are read.
 */
export function cleanLine(text: string): string {
  if (isPlain(text)) return text
  return text.toWellFormed().replaceAll(CONTROLS, ' ').replaceAll(REORDERING, '').replaceAll(INVISIBLE, '')
}

/** Cleans a file name: one line, no path, no invisible characters. */
export function cleanFileName(name: string): string {
  return cleanLine(name).replaceAll(INVISIBLE_IN_FILES, '').replaceAll(/[/\\]/g, '-')
}

export function cleanAddress<T extends { name: string; address: string }>(one: T): T {
  return { ...one, name: cleanLine(one.name), address: cleanLine(one.address) }
}

/** Returns true for printable ASCII, which most names are: no cleaning needed. */
function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}
