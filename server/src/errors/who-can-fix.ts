import type { ErrorEntry, Remedy } from './error-entry.ts'

const WHO: Readonly<Record<Remedy, string>> = {
  wait: 'no one; Postkey retries by itself',
  'sign-in': 'the owner of the mailbox, by signing in again',
  admin: 'an admin, by a setting in Postkey or at Microsoft',
  bug: 'the makers of Postkey',
}

/** Requests aren't repeated by Postkey. */
const WHO_OF_REQUESTS: Readonly<Record<Remedy, string>> = {
  ...WHO,
  wait: 'the sender of the request, by sending it again later',
  admin: 'the sender of the request, by changing it, or an admin',
}

/** Text for *Who can fix it* of an error. */
export function whoCanFix({ remedy, scope }: Pick<ErrorEntry, 'remedy' | 'scope'>): string {
  return (scope === 'request' ? WHO_OF_REQUESTS : WHO)[remedy]
}
