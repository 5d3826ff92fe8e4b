import type { ApiKey, Person } from '../../api/client.ts'
import { words } from '../../words/index.ts'
import { shortNames } from '../incidents/short-names.ts'
import { isExpired } from '../settings/is-expired.ts'

const MOST_NAMED = 5

/**
 * Lines about the API keys that are revoked when a person stops being an admin. Without the list of keys, while it is
 * loading or can't be read, the line names none.
 */
export function lostKeyLines(person: Person, apiKeys: readonly ApiKey[] | undefined, now: Date): string[] {
  const { losesKeys, losesAnyKeys } = words.people
  if (person.role !== 'admin') return []
  if (!apiKeys) return [losesAnyKeys]
  const names = apiKeys
    .filter((key) => key.createdBy === person.id && key.revokedAt === undefined && !isExpired(key, now))
    .map(({ name }) => name)
  return names.length === 0 ? [] : [losesKeys(shortNames(names, MOST_NAMED))]
}
