import { describe, expect, it } from 'vitest'
import { findCause, dominantCode } from './causes.ts'

describe('the cause of a code', () => {
  it.each([
    ['cloud_providers.secret_expired', 'provider'],
    ['kernel.key_missing', 'provider'],
    ['tokens.blocked_by_policy', 'tenant-policy'],
    ['tokens.grant_ended', 'person'],
    ['transports.mailbox_full', 'mailbox'],
    ['email_accounts.folder_gone', 'mailbox'],
    ['egress.unreachable', 'egress'],
    // Only an admin of the server can allow the address.
    ['egress.address_refused', 'network'],
    ['database.unavailable', 'network'],
    ['disk_space.low', 'installation'],
    ['tokens.endpoint_unavailable', 'microsoft'],
    ['transports.throttled', 'throttling'],
  ] as const)('follows the scope of the entry: %s is caused by %s', (code, cause) =>
    expect(findCause(code)).toBe(cause),
  )

  it('is derived from the room for a code that a newer version stored', () => {
    expect(findCause('cloud_providers.of_tomorrow')).toBe('provider')
    expect(findCause('tokens.of_tomorrow')).toBe('person')
    expect(findCause('room.of_tomorrow')).toBe('mailbox')
  })

  it("is represented by the code that requires a user's action first, then by the most frequent code", () => {
    expect(dominantCode(['transports.unavailable', 'tokens.endpoint_unavailable', 'tokens.endpoint_unavailable'])).toBe(
      'tokens.endpoint_unavailable',
    )
    expect(
      dominantCode(['tokens.endpoint_unavailable', 'tokens.endpoint_unavailable', 'cloud_providers.secret_expired']),
    ).toBe('cloud_providers.secret_expired')
    expect(dominantCode(['room.of_tomorrow'])).toBe('kernel.unexpected')
  })
})
