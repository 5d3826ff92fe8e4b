import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useLayoutEffect, useRef, useState, type ReactNode } from 'react'
import classes from './long-list.module.css'

/** Number of rows from which only those near the screen are rendered. */
const LONG = 200
const ROWS_AROUND = 10

interface LongListProps<T> {
  label: string
  items: readonly T[]
  keyOf: (item: T) => string | number
  /** Estimated row height, before it is measured. */
  rowHeight: number
  children: (item: T) => ReactNode
}

/** A list of any length on a scrolling page. */
export function LongList<T>(props: LongListProps<T>) {
  const { label, items, keyOf, children } = props
  if (items.length > LONG) return <VirtualList {...props} />
  return (
    <ul className={classes.list} aria-label={label}>
      {items.map((item) => (
        <li key={keyOf(item)}>{children(item)}</li>
      ))}
    </ul>
  )
}

function VirtualList<T>({ label, items, keyOf, rowHeight, children }: LongListProps<T>) {
  const list = useRef<HTMLUListElement>(null)
  const [above, setAbove] = useState(0)
  useLayoutEffect(() => setAbove(list.current?.offsetTop ?? 0), [])
  const virtualizer = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => rowHeight,
    getItemKey: (index) => keyOf(items[index]!),
    overscan: ROWS_AROUND,
    scrollMargin: above,
  })
  const rows = virtualizer.getVirtualItems()
  const before = (rows[0]?.start ?? above) - above
  const after = virtualizer.getTotalSize() - ((rows.at(-1)?.end ?? above) - above)
  return (
    <ul ref={list} className={classes.list} aria-label={label} style={{ paddingTop: before, paddingBottom: after }}>
      {rows.map(({ key, index }) => (
        <li
          key={key}
          ref={virtualizer.measureElement}
          data-index={index}
          aria-setsize={items.length}
          aria-posinset={index + 1}
        >
          {children(items[index]!)}
        </li>
      ))}
    </ul>
  )
}
