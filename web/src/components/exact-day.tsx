import { exactTime } from './time-text.ts'
import { language } from '../words/index.ts'

/** A date with consequences, always absolute: "in 3 days" next to a countdown could differ. */
export function ExactDay({ at }: { at: string }) {
  const date = new Date(at)
  return (
    <time dateTime={at} title={exactTime(date)}>
      {new Intl.DateTimeFormat(language, { dateStyle: 'medium' }).format(date)}
    </time>
  )
}
