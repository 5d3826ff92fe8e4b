import type { AccessTokenClaims, AccessTokenVerifier } from '../src/entra-id/index.ts'
import type { MovableClock } from '../src/kernel/clock.ts'
import { type Directory, EXCHANGE } from '../src/tenants/index.ts'

const APP_ID = '11111111-0000-4000-8000-000000000000'

/** Issues and verifies unsigned access tokens of a user for Exchange, as long as those of Entra ID. */
export function createExchangeTokens(clock: MovableClock, { people }: Directory, userId: string, scope: string) {
  const issued = new Map<string, AccessTokenClaims>()
  const accessTokens: AccessTokenVerifier = {
    async verify(token) {
      await Promise.resolve()
      const claims = issued.get(token)
      if (!claims) return { refused: token === 'graph' ? 'wrong-audience' : 'malformed' }
      return claims.expiresAt <= clock.now().getTime() ? { refused: 'expired' } : { claims }
    },
  }

  function token(more: Partial<AccessTokenClaims> = {}): string {
    const value = `token-${issued.size}-${'x'.repeat(2000)}`
    issued.set(value, {
      audience: EXCHANGE.audience,
      tenantId: people.getUser(userId).tenantId,
      appId: APP_ID,
      userId,
      scopes: new Set([scope]),
      roles: new Set(),
      issuedAt: clock.now().getTime(),
      expiresAt: clock.now().getTime() + 3_600_000,
      claimsCapable: false,
      ...more,
    })
    return value
  }

  return { accessTokens, token }
}
