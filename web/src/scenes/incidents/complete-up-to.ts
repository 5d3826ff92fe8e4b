import type { EmailAccount } from '../../api/client.ts'

/** Time up to which all active mailboxes are complete; undefined while one never was. */
export function completeUpTo(accounts: readonly EmailAccount[]): string | undefined {
  const read = accounts.filter(({ state }) => state !== 'paused')
  const times = read.map(({ completeUpTo: time }) => time)
  if (times.length === 0 || times.includes(undefined)) return undefined
  return times.reduce((earliest, time) => (Date.parse(time!) < Date.parse(earliest!) ? time : earliest))
}
