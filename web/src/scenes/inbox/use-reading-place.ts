import { useEffect, useRef, type RefObject } from 'react'

/** Frames find their height one after the other; after this long the page is left where it is. */
const SETTLING_MS = 4000
const HANDS = ['wheel', 'touchstart', 'pointerdown', 'keydown'] as const

/** A conversation opens where reading begins, and stays there while what is above and below finds its height. */
export function useReadingPlace(scroller: RefObject<HTMLElement | null>, anchor: string | undefined): void {
  const done = useRef(false)
  useEffect(() => {
    const pane = scroller.current
    if (!pane || anchor === undefined || done.current) return
    done.current = true
    // Only the pane moves: the browser would scroll everything around it as well.
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

const GAP_PX = 12
