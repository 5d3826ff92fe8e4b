import { describe, expect, it } from 'vitest'
import { toIdentity } from './claims.ts'

const TENANT = '5f9c1c3e-6d1b-4a57-9b1e-2c0a8f3d7e11'
const OTHER_TENANT = '8b2d4f60-93c7-4e1a-a4d5-71e6c9b0f322'
const OBJECT = '11111111-2222-3333-4444-555555555555'
const admission = { kind: 'invited', claim: undefined, adminValues: [], agentValues: [], domains: [] } as const
const microsoft = { kind: 'microsoft', tenantId: TENANT, admission } as const
const openid = { kind: 'openid', tenantId: undefined, admission } as const
const NOW = new Date('2027-03-01T12:00:00Z')
const claims = { iss: 'https://login.contoso.example', sub: 'mia', email: 'Mia@contoso.example' }

describe('an identity', () => {
  it('is the tenant and object ID at Microsoft, and one of another tenant is refused', () => {
    expect(toIdentity(microsoft, { ...claims, tid: TENANT, oid: OBJECT }, NOW).subject).toBe(`${TENANT}/${OBJECT}`)
    expect(() => toIdentity(microsoft, { ...claims, tid: OTHER_TENANT, oid: OBJECT }, NOW)).toThrow(
      expect.objectContaining({ code: 'identity_providers.foreign_tenant' }) as Error,
    )
    expect(() => toIdentity(microsoft, { ...claims, tid: TENANT }, NOW)).toThrow(
      expect.objectContaining({ code: 'identity_providers.answer_invalid' }) as Error,
    )
  })

  it('is the issuer and sub at other providers', () => {
    expect(toIdentity(openid, claims, NOW).subject).toBe('https://login.contoso.example mia')
  })

  it('has an address only if the provider has verified it', () => {
    const emailOf = (provider: typeof microsoft | typeof openid, more: object) =>
      toIdentity(provider, { ...claims, tid: TENANT, oid: OBJECT, ...more }, NOW).verifiedEmail
    expect(emailOf(openid, { email_verified: true })).toBe('mia@contoso.example')
    expect(emailOf(openid, { email_verified: 'true' })).toBeUndefined()
    expect(emailOf(openid, { xms_edov: true })).toBeUndefined()
    expect(emailOf(microsoft, { xms_edov: true })).toBe('mia@contoso.example')
    expect(emailOf(microsoft, { email_verified: true })).toBeUndefined()
  })

  it('has a time of the authentication only if that isn’t in the future', () => {
    const now = NOW.getTime() / 1000
    const timeOf = (auth_time: unknown) => toIdentity(openid, { ...claims, auth_time }, NOW).authenticatedAt
    expect(timeOf(now - 3600)).toEqual(new Date('2027-03-01T11:00:00Z'))
    expect(timeOf(now + 300)).toEqual(new Date('2027-03-01T12:05:00Z'))
    for (const invalid of [now + 301, Number.MAX_SAFE_INTEGER, 1e300, NaN, Infinity, 0, -1, String(now), undefined]) {
      expect(timeOf(invalid), String(invalid)).toBeUndefined()
    }
  })
})
