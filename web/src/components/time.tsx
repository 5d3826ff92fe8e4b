import { useEffect, useState } from 'react'
import { exactTime, nearTime } from './time-text.ts'
import { clock } from '../clock.ts'

const TICK_MS = 30_000

/** A relative time, exact on hover; it updates itself. */
export function Time({ at }: { at: string }) {
  const [now, setNow] = useState(() => clock.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(clock.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [])
  return (
    <time dateTime={at} title={exactTime(new Date(at))}>
      {nearTime(new Date(at), now)}
    </time>
  )
}
