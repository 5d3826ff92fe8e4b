import type { Grant } from '../../api/client.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** Whole days since Microsoft renewed the sign-in, and until it expires if unused. */
export function grantDays(
  { refreshTokenAt, expiresUnusedAt }: Pick<Grant, 'refreshTokenAt' | 'expiresUnusedAt'>,
  now: Date,
): { old: number; left: number } {
  const days = (from: number, to: number) => Math.max(0, Math.floor((to - from) / DAY_MS))
  const at = now.getTime()
  return { old: days(Date.parse(refreshTokenAt), at), left: days(at, Date.parse(expiresUnusedAt)) }
}
