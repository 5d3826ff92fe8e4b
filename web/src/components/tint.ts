/** Number of colors in `tint.module.css`. */
export const TINTS = 10

/** Color of a person or a mailbox: the same for the same text, on every page and computer. */
export function tintOf(text: string): number {
  let hash = 2_166_136_261
  // FNV-1a: similar addresses get different colors.
  for (const char of text.toLowerCase()) hash = Math.imul(hash ^ char.codePointAt(0)!, 16_777_619)
  // The lowest bits of FNV-1a alone repeat for similar endings.
  return ((hash ^ (hash >>> 15)) >>> 0) % TINTS
}
