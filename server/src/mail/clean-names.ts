/** Controls, line and paragraph separators: they end a line, or hide what follows. */
const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu
/** Controls of writing direction that reorder their surroundings (UAX #9 §2): `invoice<RLO>fdp.exe` reads `invoiceexe.pdf`. */
const REORDERING = /[\u202a-\u202e\u2066-\u2069]/g
/** Characters without a width that serve no script: they split words that a person or a filter looks for. */
const INVISIBLE = /[\u00ad\u034f\u180e\u200b\u2060-\u2064\ufeff\u{e0000}-\u{e007f}]/gu
/** In a file name nothing may be invisible: marks of direction and joiners as well. */
const INVISIBLE_IN_FILES = /[\u061c\u200c-\u200f]/g

/**
 * A text of a stranger that is shown as one line: names, addresses, subjects, folders. Joiners and marks of direction
 * stay, because Persian, Hindi and Hebrew are written with them. One cleaner for all protocols, applied where rows are
 * stored and, for rows of earlier versions, where they are read.
 */
export function cleanLine(text: string): string {
  if (isPlain(text)) return text
  return text.toWellFormed().replaceAll(CONTROLS, ' ').replaceAll(REORDERING, '').replaceAll(INVISIBLE, '')
}

/** A name for a file: one line, no path, nothing invisible. */
export function cleanFileName(name: string): string {
  return cleanLine(name).replaceAll(INVISIBLE_IN_FILES, '').replaceAll(/[/\\]/g, '-')
}

export function cleanAddress<T extends { name: string; address: string }>(one: T): T {
  return { ...one, name: cleanLine(one.name), address: cleanLine(one.address) }
}

/** Printable ASCII, as most names are: nothing to clean. */
function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}
