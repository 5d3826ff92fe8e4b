import { describe, expect, it } from 'vitest'
import { missingScopes, permissionName } from './scopes.ts'

describe('requested and granted scopes', () => {
  it('are compared by permission: Microsoft returns some with their resource and some without', () => {
    const scopesRequested = ['https://graph.microsoft.com/Mail.Send', 'https://graph.microsoft.com/Mail.Read.Shared']

    expect(missingScopes({ scopesRequested, scopesGranted: ['mail.send'] })).toEqual([scopesRequested[1]])
  })

  it('ignore scopes of every sign-in that are not returned', () => {
    expect(missingScopes({ scopesRequested: ['openid', 'profile', 'offline_access'], scopesGranted: [] })).toEqual([])
  })

  it('are shown without their resource', () => {
    expect(permissionName('https://graph.microsoft.com/Mail.Send')).toBe('Mail.Send')
    expect(permissionName('offline_access')).toBe('offline_access')
  })
})
