import type { GrantId } from '../../src/kernel/ids.ts'

/** The grant of a mailbox that is opened by one. */
export function grantOf({
  principal,
}: {
  principal: { kind: 'application' | 'password' } | { kind: 'grant'; grantId: GrantId }
}) {
  if (principal.kind !== 'grant') throw new TypeError('the application itself opens this mailbox')
  return principal.grantId
}
