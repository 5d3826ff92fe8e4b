import { language } from '../words/index.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** `420 ms`, `4.2 sec`, `2 min`, `1 hr 12 min`: two units at most. */
export function durationWords(ms: number, locale: string = language): string {
  const unit = (value: number, name: string, digits = 0) =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: name,
      unitDisplay: 'short',
      maximumFractionDigits: digits,
    }).format(value)
  if (ms < SECOND_MS) return unit(Math.round(ms), 'millisecond')
  if (ms < 10 * SECOND_MS) return unit(ms / SECOND_MS, 'second', 1)
  if (ms < MINUTE_MS) return unit(Math.floor(ms / SECOND_MS), 'second')
  if (ms < HOUR_MS) return unit(Math.floor(ms / MINUTE_MS), 'minute')
  const [large, small] = ms < DAY_MS ? ([HOUR_MS, 'hour'] as const) : ([DAY_MS, 'day'] as const)
  const rest = ms < DAY_MS ? ([MINUTE_MS, 'minute'] as const) : ([HOUR_MS, 'hour'] as const)
  const more = Math.floor((ms % large) / rest[0])
  return [unit(Math.floor(ms / large), small), ...(more > 0 ? [unit(more, rest[1])] : [])].join(' ')
}
