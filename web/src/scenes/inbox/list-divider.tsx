import { useLocalStorage } from '@mantine/hooks'
import type { KeyboardEvent, PointerEvent } from 'react'
import { words } from '../../words/index.ts'
import classes from './inbox.module.css'

/** Width of the list, in pixels. */
const WIDTH = { least: 280, usual: 380, most: 600 }
const STEP = 20

const within = (width: number) => Math.min(Math.max(Math.round(width), WIDTH.least), WIDTH.most)

/** Width chosen in this browser. */
export function useListWidth() {
  const [stored, setWidth] = useLocalStorage({
    key: 'postkey:list-width',
    defaultValue: WIDTH.usual,
    getInitialValueInEffect: false,
  })
  return [Number.isFinite(stored) ? within(stored) : WIDTH.usual, (width: number) => setWidth(within(width))] as const
}

/** Border between list and conversation: moved by dragging and by the arrow keys; a double click resets it. */
export function ListDivider({ width, onChange }: { width: number; onChange: (width: number) => void }) {
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    const { currentTarget, pointerId, clientX } = event
    const isRightToLeft = getComputedStyle(currentTarget).direction === 'rtl'
    event.preventDefault()
    currentTarget.setPointerCapture(pointerId)
    const follow = (moved: globalThis.PointerEvent) =>
      onChange(width + (moved.clientX - clientX) * (isRightToLeft ? -1 : 1))
    currentTarget.addEventListener('pointermove', follow)
    const end = () => currentTarget.removeEventListener('pointermove', follow)
    currentTarget.addEventListener('lostpointercapture', end, { once: true })
  }
  const press = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -STEP, ArrowRight: STEP, Home: -WIDTH.most, End: WIDTH.most }[event.key]
    if (by === undefined) return
    event.preventDefault()
    onChange(width + by)
  }
  return (
    <div
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={words.inbox.listWidth}
      aria-valuenow={width}
      aria-valuemin={WIDTH.least}
      aria-valuemax={WIDTH.most}
      className={classes.divider}
      onPointerDown={drag}
      onKeyDown={press}
      onDoubleClick={() => onChange(WIDTH.usual)}
    />
  )
}
