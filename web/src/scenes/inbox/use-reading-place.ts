import { useEffect, useRef, type RefObject } from 'react'

/** Frames get their heights one after the other; after this time, the position is left alone. */
const SETTLING_MS = 4000
const HANDS = ['wheel', 'touchstart', 'pointerdown', 'keydown'] as const

/**
 * Opens a conversation at the start of reading, and keeps the position while frames above and below get their heights.
 */
export function useReadingPlace(scroller: RefObject<HTMLElement | null>, anchor: string | undefined): void {
  const done = useRef(false)
  useEffect(() => {
    const pane = scroller.current
    if (!pane || anchor === undefined || done.current) return
    done.current = true
    // Scrolls only the pane: the browser would scroll its ancestors as well.
    const place = () => {
      const entry = document.getElementById(`entry-${anchor}`)
      if (entry) pane.scrollTop += entry.getBoundingClientRect().top - pane.getBoundingClientRect().top - GAP_PX
    }
    place()
    const observer = new ResizeObserver(place)
    observer.observe(pane.firstElementChild ?? pane)
    const stop = () => {
      observer.disconnect()
      clearTimeout(timer)
      for (const hand of HANDS) pane.removeEventListener(hand, stop)
    }
    const timer = setTimeout(stop, SETTLING_MS)
    for (const hand of HANDS) pane.addEventListener(hand, stop, { passive: true })
    return stop
  }, [scroller, anchor])
}

/** Keeps the last visible line while the composer below grows and shrinks. */
export function useSteadyBottom(scroller: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const pane = scroller.current
    if (!pane) return
    let height = pane.clientHeight
    const observer = new ResizeObserver(() => {
      const by = height - pane.clientHeight
      height = pane.clientHeight
      if (by > 0) pane.scrollTop += by
    })
    observer.observe(pane)
    return () => observer.disconnect()
  }, [scroller])
}

const GAP_PX = 12
