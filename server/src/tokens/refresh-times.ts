/** When tokens are refreshed though nobody asks for them. */
const HOUR_MS = 60 * 60 * 1000

/** After 70 to 80 percent of its life: early enough for an outage, and grants of one morning do not come together. */
export function refreshAheadOf({ expiresAt }: { expiresAt: Date }, now: Date, random: () => number): Date {
  const lifetimeMs = expiresAt.getTime() - now.getTime()
  return new Date(now.getTime() + lifetimeMs * (0.7 + 0.1 * random()))
}

/**
 * Once a day, whatever the life of the access token: a refresh token that nobody uses ends after 90 days, and an end
 * that is noticed the same day is noticed before a customer does.
 */
export function dailyRefresh(now: Date, random: () => number): Date {
  return new Date(now.getTime() + (20 + 3 * random()) * HOUR_MS)
}

/** How long Entra ID keeps a refresh token that nobody uses. @see https://learn.microsoft.com/entra/identity-platform/refresh-tokens */
const UNUSED_MS = 90 * 24 * HOUR_MS

export function endsUnusedAt(refreshTokenAt: Date, told: Date | undefined): Date {
  return told ?? new Date(refreshTokenAt.getTime() + UNUSED_MS)
}
