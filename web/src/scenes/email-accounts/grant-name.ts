import type { Grant } from '../../api/client.ts'

/** Name of a sign-in, unique among users of the same name. */
export function grantName({ displayName, userName }: Grant): string {
  return `${displayName} (${userName})`
}
