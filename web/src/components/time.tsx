import { useEffect, useState } from 'react'
import { exactTime, listTime, nearTime } from './time-text.ts'
import { clock } from '../clock.ts'

const TICK_MS = 30_000

/** A relative time, or one for a narrow column; exact on hover. It updates itself. */
export function Time({ at, short = false }: { at: string; short?: boolean }) {
  const [now, setNow] = useState(() => clock.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(clock.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [])
  return (
    <time dateTime={at} title={exactTime(new Date(at))}>
      {(short ? listTime : nearTime)(new Date(at), now)}
    </time>
  )
}
