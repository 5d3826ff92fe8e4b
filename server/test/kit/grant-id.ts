import type { GrantId } from '../../src/kernel/ids.ts'

/** Returns the grant of a mailbox that is opened by a grant. */
export function readGrantId({
  principal,
}: {
  principal: { kind: 'application' | 'password' } | { kind: 'grant'; grantId: GrantId }
}) {
  if (principal.kind !== 'grant') throw new TypeError('the application itself opens this mailbox')
  return principal.grantId
}
