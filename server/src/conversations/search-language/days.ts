/** A period of time, from its first moment to the first moment after it. */
export interface Period {
  start: Date
  end: Date
}

/** Calendar day: year, month from 0, and day, in any overflow that `Date.UTC` accepts. */
type Day = readonly [number, number, number]

const AGO = /^(\d{1,4})(d|w|m|y)$/
const DATE = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/

/**
 * Reads a day (`2026-03-31`), a month, a year, `today`, `yesterday`, or a day in the past (`7d`, `2w`, `6m`, `1y` ago).
 *
 * @param timeZone  zone in which days begin, such as `Europe/Berlin`
 */
export function parsePeriod(text: string, now: Date, timeZone: string): Period | undefined {
  const wanted = text.toLowerCase()
  const [year, month, day] = dayOf(now, timeZone)
  const period = ([first, next]: readonly [Day, Day]): Period => ({
    start: startOf(first, timeZone),
    end: startOf(next, timeZone),
  })
  if (wanted === 'today') return period([[year, month, day], [year, month, day + 1]]) // prettier-ignore
  if (wanted === 'yesterday') return period([[year, month, day - 1], [year, month, day]]) // prettier-ignore
  const ago = AGO.exec(wanted)
  if (ago) {
    const count = Number(ago[1])
    const [years, months, days] = { d: [0, 0, count], w: [0, 0, 7 * count], m: [0, count, 0], y: [count, 0, 0] }[
      ago[2] as 'd' | 'w' | 'm' | 'y'
    ] as [number, number, number]
    const first: Day = [year - years, month - months, day - days]
    if (first[0] < 1) return undefined
    return period([first, [first[0], first[1], first[2] + 1]])
  }
  const date = DATE.exec(wanted)
  if (!date) return undefined
  const [y, m, d] = [Number(date[1]), date[2] && Number(date[2]), date[3] && Number(date[3])]
  if (y < 1) return undefined
  if (!m) return m === 0 ? undefined : period([[y, 0, 1], [y + 1, 0, 1]]) // prettier-ignore
  if (m > 12) return undefined
  if (!d) return d === 0 ? undefined : period([[y, m - 1, 1], [y, m, 1]]) // prettier-ignore
  if (d > new Date(utc([y, m, 0])).getUTCDate()) return undefined
  return period([[y, m - 1, d], [y, m - 1, d + 1]]) // prettier-ignore
}

/** First moment of a day: midnight, or the end of the hour that a change of the clock leaves out. */
function startOf(day: Day, timeZone: string): Date {
  const midnight = utc(day)
  // The offset at a time near midnight is that of midnight, unless the clock changes in between: then the second step corrects it.
  const guess = midnight - offsetAt(midnight, timeZone)
  const start = midnight - offsetAt(guess, timeZone)
  return new Date(start)
}

/** Milliseconds by which the clocks of the zone are ahead of UTC. */
function offsetAt(at: number, timeZone: string): number {
  const [year, month, day, hour, minute, second] = partsOf(new Date(at), timeZone)
  return utc([year, month, day]) + ((hour * 60 + minute) * 60 + second) * 1000 - Math.floor(at / 1000) * 1000
}

function dayOf(at: Date, timeZone: string): Day {
  const [year, month, day] = partsOf(at, timeZone)
  return [year, month, day]
}

function partsOf(at: Date, timeZone: string): [number, number, number, number, number, number] {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  const of = (name: string) => parts[name] ?? 0
  return [of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second')]
}

/** As `Date.UTC`, which takes years below 100 for those of the twentieth century. */
function utc([year, month, day]: Day): number {
  const date = new Date(0)
  date.setUTCFullYear(year, month, day)
  return date.getTime()
}
