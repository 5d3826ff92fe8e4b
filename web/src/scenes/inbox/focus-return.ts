/** Where the keys go when what had the focus is gone: never nowhere. */

/** The place of reading says so by this attribute. */
export const READING_PLACE = { 'data-reading-place': true } as const

/** Gives the focus to `before` or, when that is gone, to the conversation, unless it is somewhere already. */
export function returnFocus(before: Element | null): void {
  const { activeElement, body } = document
  if (activeElement !== null && activeElement !== body) return
  const isThere = before instanceof HTMLElement && before !== body && before.isConnected
  const place = isThere ? before : document.querySelector<HTMLElement>('[data-reading-place]')
  if (!place) return
  if (place !== before) showWithoutFrame(place)
  place.focus({ preventScroll: true })
}

/** A frame around all of the pane says nothing after a dialog or a composer; with the Tab key it is there again. */
function showWithoutFrame(place: HTMLElement): void {
  place.dataset['quiet'] = ''
  place.addEventListener('blur', () => delete place.dataset['quiet'], { once: true })
}
