import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react'
import type { Conversation } from '../../api/client.ts'
import { arrivals, scrollFor } from './list-place.ts'

type Rows = readonly Conversation[] | undefined

/** Keeps the scroll position while rows are added and removed above. At the top, new rows are visible. */
export function useSteadyScroll(scroller: RefObject<HTMLElement | null>, rows: Rows, rowHeight: number): void {
  const drawn = useRef<Rows>(undefined)
  useLayoutEffect(() => {
    const [before, list] = [drawn.current, scroller.current]
    drawn.current = rows
    if (!before || !rows || !list || before === rows || list.scrollTop === 0) return
    const index = Math.floor(list.scrollTop / rowHeight)
    const first = before[index]
    const top = scrollFor(rows, first && { id: first.id, offset: list.scrollTop - index * rowHeight }, rowHeight)
    if (top !== undefined && top !== list.scrollTop) list.scrollTop = top
  }, [scroller, rows, rowHeight])
}

/** Number of new rows since the last visit: one was opened, or the list was scrolled to the top. */
export function useNews(rows: Rows, selected: string | undefined): { news: number; forget: () => void } {
  const [news, setNews] = useState(0)
  const known = useRef<Rows>(undefined)
  useEffect(() => {
    const before = known.current
    known.current = rows
    if (!before || !rows) return
    const came = arrivals(before, rows)
    if (came > 0) setNews((count) => count + came)
  }, [rows])
  useEffect(() => setNews(0), [selected])
  return { news, forget: () => setNews(0) }
}
