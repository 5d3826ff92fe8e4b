import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clashingRedirectUri, faultOfRedirectUri } from './redirect-uris.ts'
import type { Application } from '../../tenants/index.ts'

const web = (uri: string, audience: Application['signInAudience'] = 'AzureADMyOrg') =>
  faultOfRedirectUri(uri, 'web', audience, 'text-box')

describe('redirect URIs', () => {
  it.each([
    'https://contoso.example',
    'https://contoso.example/auth/callback',
    'https://localhost',
    'http://localhost',
    'http://localhost:3000/auth',
    'https://127.0.0.1/auth',
    'https://contoso.example/callback?tenant=1',
  ])('accepts %s', (uri) => {
    expect(web(uri)).toBeUndefined()
  })

  it.each([
    ['', 'Enter a redirect URI'],
    ['http://contoso.example/callback', 'https://'],
    ['http://[::1]:3000/auth', '[::1]'],
    ['https://[::1]/auth', '[::1]'],
    ['http://127.0.0.1:3000/auth', 'manifest'],
    ['https://*.contoso.example/auth', 'manifest'],
    ['https://contoso.example/auth#part', 'fragment'],
    ['https://contoso.example/a(b)', 'character ('],
    ["https://contoso.example/o'neill", "character '"],
    ['https://contoso.example/a,b', 'character ,'],
    ['https://contoso.example/a;b', 'character ;'],
    ['https://contoso.example/a!b', 'character !'],
    ['https://contoso.example/a$b', 'character $'],
    ['https://contoso.example/a b', 'spaces'],
    ['https:contoso.example', '//'],
    ['https://ada@contoso.example/', 'user name'],
    ['contoso.example/callback', 'absolute'],
    ['myapp://callback', 'https://'],
    ['javascript:alert', 'javascript:'],
    [`https://contoso.example/${'a'.repeat(233)}`, '256'],
  ])('refuses %s in the text box and names the reason', (uri, words) => {
    expect(web(uri)).toContain(words)
  })

  it('accepts exactly 256 characters', () => {
    expect(web(`https://contoso.example/${'a'.repeat(232)}`)).toBeUndefined()
  })

  it('accepts http://127.0.0.1 and wildcards in a manifest', () => {
    expect(faultOfRedirectUri('http://127.0.0.1:3000/auth', 'web', 'AzureADMyOrg', 'object')).toBeUndefined()
    expect(faultOfRedirectUri('https://*.contoso.example', 'web', 'AzureADMultipleOrgs', 'object')).toBeUndefined()
  })

  it('refuses query strings and wildcards where personal accounts sign in, from any source', () => {
    for (const audience of ['AzureADandPersonalMicrosoftAccount', 'PersonalMicrosoftAccount'] as const) {
      expect(web('https://contoso.example/callback?a=1', audience)).toContain('query string')
      expect(faultOfRedirectUri('https://*.contoso.example', 'web', audience, 'object')).toContain('Wildcards')
    }
  })

  it('accepts custom schemes for mobile and desktop applications, but none that runs code', () => {
    const native = (uri: string) => faultOfRedirectUri(uri, 'publicClient', 'AzureADMyOrg', 'text-box')

    expect(native('msal5f9c1c3e://auth')).toBeUndefined()
    expect(native('urn:ietf:wg:oauth:2.0:oob')).toBeUndefined()
    expect(native('data:text/html')).toContain('data:')
    expect(native('http://contoso.example')).toContain('https://')
  })

  it('finds an identical registered URI on any platform', () => {
    expect(clashingRedirectUri(application, 'https://contoso.example/b', 'object')).toEqual({
      uri: 'https://contoso.example/b',
      platform: 'spa',
      reason: 'same',
    })
  })

  it('finds, for the text box, a URI that differs only by the port of localhost', () => {
    expect(clashingRedirectUri(application, 'http://localhost:5000/a', 'text-box')?.reason).toBe('port')
    expect(clashingRedirectUri(application, 'http://localhost:5000/other', 'text-box')).toBeUndefined()
    expect(clashingRedirectUri(application, 'https://contoso.example:8443/b', 'text-box')).toBeUndefined()
    expect(clashingRedirectUri(application, 'http://localhost:5000/a', 'object')).toBeUndefined()
  })

  it('has a result for any text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string({ unit: 'binary' }).map((rest) => `https://${rest}`),
        ),
        fc.constantFrom('web', 'spa', 'publicClient'),
        fc.constantFrom('text-box', 'object'),
        (uri, platform, enteredBy) => {
          const fault = faultOfRedirectUri(uri, platform, 'AzureADMyOrg', enteredBy)
          clashingRedirectUri(application, uri, enteredBy)
          if (fault === undefined) expect(uri.length).toBeLessThanOrEqual(256)
        },
      ),
    )
  })
})

const application = {
  web: { redirectUris: ['http://localhost:3000/a'] },
  spa: { redirectUris: ['https://contoso.example/b'] },
  publicClient: { redirectUris: [] },
} as unknown as Application
