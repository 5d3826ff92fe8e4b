/** Returns keyboard focus after its element is removed. Otherwise it would fall to the document body. */
import { useLayoutEffect, useRef, useState, type RefObject } from 'react'

/** Marks the scrolled pane of the conversation, the fallback for focus. */
export const READING_PLACE = { 'data-reading-place': true } as const

/** Moves the focus to `before` or, when that is gone, to the conversation, unless another element has it. */
export function returnFocus(before: Element | null): void {
  const { activeElement, body } = document
  if (activeElement !== null && activeElement !== body) return
  const isThere = before instanceof HTMLElement && before !== body && before.isConnected
  const place = isThere ? before : document.querySelector<HTMLElement>('[data-reading-place]')
  if (!place) return
  if (place !== before) showWithoutFrame(place)
  place.focus({ preventScroll: true })
}

/**
 * Returns the focus when the calling component is removed: to the element that had it before, else to the conversation.
 *
 * In the same task as the removal. A timer or a frame can come before React removes the component, and then finds the focus
 * still in it.
 */
export function useFocusReturn(): void {
  const [before] = useState(() => document.activeElement)
  useLayoutEffect(() => () => queueMicrotask(() => returnFocus(before)), [before])
}

/** In a dialog that is first drawn open: then Mantine does not return the focus. */
export function FocusReturn(): null {
  useFocusReturn()
  return null
}

/**
 * Returns the focus when a change of `shown` has removed the element with the focus: to `to`, else to the conversation.
 */
export function useFocusAfterRemoval(shown: unknown, to?: RefObject<HTMLElement | null>): void {
  const before = useRef(shown)
  useLayoutEffect(() => {
    if (before.current === shown) return
    before.current = shown
    queueMicrotask(() => returnFocus(to?.current ?? null))
  }, [shown, to])
}

/**
 * Returns the focus to the section around the calling component when it is removed with the focus in it. A dialog
 * decides itself.
 *
 * @param element  of the calling component
 */
export function useFocusInSection(element: RefObject<HTMLElement | null>): void {
  useLayoutEffect(
    () => () => {
      const removed = element.current
      const section = removed?.closest<HTMLElement>('section:not([role=dialog])')
      if (!section || !removed?.contains(document.activeElement)) return
      queueMicrotask(() => focusSection(section))
    },
    [element],
  )
}

/** Focusable only as long as it has the focus: otherwise each click in it would focus it. */
function focusSection(section: HTMLElement): void {
  if (!section.hasAttribute('tabindex')) {
    section.tabIndex = -1
    section.addEventListener('blur', () => section.removeAttribute('tabindex'), { once: true })
  }
  returnFocus(section)
}

/** A focus frame around the whole pane is meaningless after a dialog; the Tab key shows it again. */
function showWithoutFrame(place: HTMLElement): void {
  place.dataset['quiet'] = ''
  place.addEventListener('blur', () => delete place.dataset['quiet'], { once: true })
}
