import type { ProviderCredential } from '../../api/client.ts'
import { words } from '../../words/index.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** From here on the end is a warning. */
const SOON_DAYS = 30

export interface EndDate {
  words: string
  /** `over` and `soon` want somebody to act. */
  urgency: 'none' | 'later' | 'soon' | 'over'
}

const { ends } = words.cloudProviders

export function endOf(endsAt: string | undefined, now: Date): EndDate {
  if (endsAt === undefined) return { words: ends.none, urgency: 'none' }
  const days = Math.floor((new Date(endsAt).getTime() - now.getTime()) / DAY_MS)
  if (days < 0) return { words: ends.over(-days), urgency: 'over' }
  if (days === 0) return { words: ends.today, urgency: 'soon' }
  return { words: ends.left(days), urgency: days <= SOON_DAYS ? 'soon' : 'later' }
}

/** Of several that live at a time, the one that ends last: until then Postkey can prove itself. */
export function lastToEnd(credentials: readonly ProviderCredential[]): ProviderCredential | undefined {
  return [...credentials].sort((one, other) => (other.endsAt ?? LATEST).localeCompare(one.endsAt ?? LATEST))[0]
}

const LATEST = '9999'
