/** Settings of backups that the server makes. */
export interface BackupSchedule {
  folder: string
  /** Minutes of the day in UTC, ascending. */
  times: readonly number[]
  /** Number of backups that are kept, or their age in days. */
  keep: { backups: number } | { days: number }
  /** Public keys of age. Without one, the files are not encrypted. */
  recipients: readonly string[]
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** Time that a late start and the backup itself may take before it is overdue. */
const GRACE_MS = 2 * HOUR_MS
const MOST_TIMES = 24

/** Minutes of the day for texts such as `02:00,14:30`; `undefined` for another text. */
export function parseTimes(text: string): number[] | undefined {
  const times = text.split(',').map((each) => /^\s*([01]\d|2[0-3]):([0-5]\d)\s*$/.exec(each))
  if (times.length > MOST_TIMES || times.some((time) => !time)) return undefined
  return [...new Set(times.map((time) => Number(time![1]) * 60 + Number(time![2])))].sort((a, b) => a - b)
}

/** Reads `14` as a number of backups and `30d` as an age in days; `undefined` for another text. */
export function parseKeep(text: string): BackupSchedule['keep'] | undefined {
  const match = /^([1-9]\d{0,2})(d?)$/.exec(text)
  if (!match) return undefined
  const count = Number(match[1])
  return match[2] ? { days: count } : { backups: count }
}

/** Latest time of the schedule that is not after `now`. */
export function lastDue({ times }: Pick<BackupSchedule, 'times'>, now: Date): Date {
  return findTime(times, now, (at) => at <= now.getTime(), Math.max)
}

/** First time of the schedule after `now`. */
export function nextDue({ times }: Pick<BackupSchedule, 'times'>, now: Date): Date {
  return findTime(times, now, (at) => at > now.getTime(), Math.min)
}

function findTime(
  times: readonly number[],
  now: Date,
  matches: (at: number) => boolean,
  choose: (...times: number[]) => number,
): Date {
  const midnight = Math.floor(now.getTime() / DAY_MS) * DAY_MS
  const near = [-1, 0, 1].flatMap((day) => times.map((minute) => midnight + day * DAY_MS + minute * MINUTE_MS))
  return new Date(choose(...near.filter(matches)))
}

/** Age at which the last backup is overdue: the longest pause of the schedule, and a grace period. */
export function overdueAfter({ times }: Pick<BackupSchedule, 'times'>): number {
  const pauses = times.map((minute, index) => (times[index + 1] ?? times[0]! + 24 * 60) - minute)
  return Math.max(...pauses) * MINUTE_MS + GRACE_MS
}
