import type { Grant } from '../../api/client.ts'

/** A person, so that two of one name are told apart. */
export function grantName({ displayName, userName }: Grant): string {
  return `${displayName} (${userName})`
}
