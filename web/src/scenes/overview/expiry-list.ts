import type { ProviderCredential } from '../../api/client.ts'
import { daysLeft } from '../cloud-providers/expiry-dates.ts'

const WITHIN_DAYS = 60

/** Credentials that expire within 60 days or have expired, the next one first. */
export function listExpiring<T extends { credential: Pick<ProviderCredential, 'expiresAt'> }>(
  all: readonly T[],
  now: Date,
): T[] {
  return all
    .filter(({ credential: { expiresAt } }) => expiresAt !== undefined && daysLeft(expiresAt, now) <= WITHIN_DAYS)
    .toSorted((one, other) => one.credential.expiresAt!.localeCompare(other.credential.expiresAt!))
}
