import type { PostEmailAccountsPreflightData } from '../../api/client.ts'

export type RequestedAccount = PostEmailAccountsPreflightData['body']

const trials = new WeakMap<RequestedAccount, number>()
let count = 0

/** Cache key of a request. The cache stores its keys, so another password becomes another number. */
export function requestKey(wanted: RequestedAccount): object {
  const { password, ...shown } = wanted
  if (password === undefined) return shown
  const trial = trials.get(wanted) ?? ++count
  trials.set(wanted, trial)
  return { ...shown, trial }
}
