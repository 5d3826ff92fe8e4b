import type { ProviderCredential } from '../../api/client.ts'
import { words } from '../../words/index.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** The expiry date is a warning from here on. */
const SOON_DAYS = 30
/** Red from here on: the person who can create the next one may be away for a week. */
export const RED_DAYS = 7

export interface ExpiryDate {
  words: string
  /** All except `later` need action. */
  urgency: 'unknown' | 'later' | 'soon' | 'over'
}

const { ends } = words.expiry

/** Counts started days, like the server's mails. Zero and below: expired, by as many whole days. */
export function daysLeft(expiresAt: string, now: Date): number {
  const days = Math.ceil((Date.parse(expiresAt) - now.getTime()) / DAY_MS)
  return days === 0 ? 0 : days
}

export function toExpiryDate(expiresAt: string | undefined, now: Date): ExpiryDate {
  if (expiresAt === undefined) return { words: ends.unknown, urgency: 'unknown' }
  const days = daysLeft(expiresAt, now)
  if (days <= 0) return { words: ends.over(-days), urgency: 'over' }
  return { words: ends.left(days), urgency: days <= SOON_DAYS ? 'soon' : 'later' }
}

/**
 * The credential that expires last of several: until then Postkey can authenticate. A credential that Microsoft refuses
 * counts only if there is no other.
 */
export function lastToEnd(credentials: readonly ProviderCredential[]): ProviderCredential | undefined {
  const working = credentials.filter(({ standing }) => standing.state === 'works')
  const counting = working.length > 0 ? working : credentials
  return counting.toSorted((one, other) => (other.expiresAt ?? LATEST).localeCompare(one.expiresAt ?? LATEST))[0]
}

const LATEST = '9999'
