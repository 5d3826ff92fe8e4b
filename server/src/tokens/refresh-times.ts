/** Times of background refreshes. */
const HOUR_MS = 60 * 60 * 1000

/**
 * After 70 to 80 percent of the lifetime: early enough for an outage, and with jitter against simultaneous refreshes.
 */
export function chooseRefreshTime({ expiresAt }: { expiresAt: Date }, now: Date, random: () => number): Date {
  const lifetimeMs = expiresAt.getTime() - now.getTime()
  return new Date(now.getTime() + lifetimeMs * (0.7 + 0.1 * random()))
}

/**
 * Once a day, regardless of the access token's lifetime. An unused refresh token expires after 90 days, and a daily
 * refresh detects an ended grant before a customer notices.
 */
export function dailyRefresh(now: Date, random: () => number): Date {
  return new Date(now.getTime() + (20 + 3 * random()) * HOUR_MS)
}

/**
 * Time after which Entra ID expires an unused refresh token. @see
 * https://learn.microsoft.com/entra/identity-platform/refresh-tokens
 */
const UNUSED_MS = 90 * 24 * HOUR_MS

export function expiresUnusedAt(refreshTokenAt: Date, reportedExpiry: Date | undefined): Date {
  return reportedExpiry ?? new Date(refreshTokenAt.getTime() + UNUSED_MS)
}
