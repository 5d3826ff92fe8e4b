/** Where the keys go when what had the focus is gone: never nowhere. */

/** The place of reading says so by this attribute. */
export const READING_PLACE = { 'data-reading-place': true } as const

/** Gives the focus to `before` or, when that is gone, to the conversation, unless it is somewhere already. */
export function returnFocus(before: Element | null): void {
  const { activeElement, body } = document
  if (activeElement !== null && activeElement !== body) return
  const isThere = before instanceof HTMLElement && before !== body && before.isConnected
  const place = isThere ? before : document.querySelector<HTMLElement>('[data-reading-place]')
  place?.focus({ preventScroll: true })
}
