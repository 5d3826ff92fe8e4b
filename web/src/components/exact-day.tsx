import { exactTime } from './time-text.ts'
import { language } from '../words/index.ts'

/** A day that something hangs on, by its date: "in 3 days" beside a countdown could count otherwise. */
export function ExactDay({ at }: { at: string }) {
  const date = new Date(at)
  return (
    <time dateTime={at} title={exactTime(date)}>
      {new Intl.DateTimeFormat(language, { dateStyle: 'medium' }).format(date)}
    </time>
  )
}
