import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Application, blankApplication } from '../../tenants/index.ts'
import { directoryForTest } from '../../../test/directory.ts'
import { rsaCertificate } from '../../../test/rsa-certificate.ts'
import { changeApplication } from './application-changes.ts'
import type { JsonObject } from './json-reader.ts'

describe('changes to an application', () => {
  it('replace the properties in the request and keep the others', () => {
    const { change } = setUp()
    const first = change({
      displayName: 'Mail',
      web: { redirectUris: ['https://a.example'], logoutUrl: 'https://a.example/out' },
    })

    const second = change({ web: { redirectUris: ['https://b.example'] } }, first.application)

    expect(second.problems).toEqual([])
    expect(second.application).toMatchObject({
      displayName: 'Mail',
      web: { redirectUris: ['https://b.example'], logoutUrl: 'https://a.example/out' },
    })
  })

  it.each<[string, JsonObject, string]>([
    ['a name that is missing', { displayName: ' ' }, 'Enter a name.'],
    ['a name of 121 characters', { displayName: 'n'.repeat(121) }, 'at most 120'],
    ['an unknown audience', { displayName: 'x', signInAudience: 'Everybody' }, 'must be one of'],
    ['an unknown property', { displayName: 'x', colour: 'red' }, "Invalid property 'colour'."],
    ['an inherited name as property', { displayName: 'x', constructor: {} }, "Invalid property 'constructor'."],
    ['a property set by the directory', { displayName: 'x', appId: 'a' }, "Property 'appId' is read-only"],
    ['what the sandbox does not keep', { displayName: 'x', appRoles: [{ value: 'a' }] }, 'not kept'],
    [
      'a claim that the sandbox does not issue',
      { displayName: 'x', optionalClaims: { idToken: [{ name: 'xms_edov' }] } },
      'auth_time',
    ],
    [
      'a secret by hand',
      { displayName: 'x', passwordCredentials: [{ secretText: 'a' }] },
      'generated with service actions',
    ],
    ['http outside localhost', { displayName: 'x', web: { redirectUris: ['http://a.example'] } }, 'https://'],
    ['a permission without GUID', { displayName: 'x', requiredResourceAccess: [{ resourceAppId: 'graph' }] }, 'GUID'],
    ['a string for a list', { displayName: 'x', web: { redirectUris: 'https://a.example' } }, 'list of strings'],
    [
      'a certificate that is none',
      { displayName: 'x', keyCredentials: [{ type: 'AsymmetricX509Cert', usage: 'Verify', key: 'AAAA' }] },
      'X.509',
    ],
    [
      'a foreign identifier URI',
      { displayName: 'x', identifierUris: ['https://fabrikam.example/x'] },
      'verified domain',
    ],
  ])('refuse %s', (_, changes, words) => {
    const { change } = setUp()

    expect(
      change(changes)
        .problems.map(({ message }) => message)
        .join(' '),
    ).toContain(words)
  })

  it('refuse the same URI on two platforms', () => {
    const { change } = setUp()
    const uri = 'https://contoso.example/callback'

    const { problems } = change({ displayName: 'x', web: { redirectUris: [uri] }, spa: { redirectUris: [uri] } })

    expect(problems).toEqual([{ property: 'spa.redirectUris', message: `${uri} is already registered for Web.` }])
  })

  it('limit redirect URIs across all platforms: 256 for work accounts, 100 with personal ones', () => {
    const { change } = setUp()
    const uris = (count: number, host: string) => Array.from({ length: count }, (_, i) => `https://${host}/${i}`)
    const app = { displayName: 'x', api: { requestedAccessTokenVersion: 2 } }

    expect(
      change({ ...app, web: { redirectUris: uris(200, 'a.example') }, spa: { redirectUris: uris(56, 'b.example') } })
        .problems,
    ).toEqual([])
    expect(
      change({ ...app, web: { redirectUris: uris(200, 'a.example') }, spa: { redirectUris: uris(57, 'b.example') } })
        .problems,
    ).toHaveLength(1)
    const personal = { ...app, signInAudience: 'AzureADandPersonalMicrosoftAccount' }
    expect(change({ ...personal, web: { redirectUris: uris(100, 'a.example') } }).problems).toEqual([])
    expect(change({ ...personal, web: { redirectUris: uris(101, 'a.example') } }).problems[0]?.message).toContain('100')
  })

  it('require version 2 access tokens, few secrets and few permissions where personal accounts sign in', () => {
    const { change } = setUp()
    const personal = { displayName: 'x', signInAudience: 'AzureADandPersonalMicrosoftAccount' }
    const permissions = (count: number) => [
      {
        resourceAppId: '00000003-0000-0000-c000-000000000000',
        resourceAccess: Array.from({ length: count }, (_, i) => ({
          id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
          type: 'Scope',
        })),
      },
    ]

    expect(change(personal).problems[0]?.message).toBe('Property api.requestedAccessTokenVersion is invalid.')
    const app = { ...personal, api: { requestedAccessTokenVersion: 2 } }
    expect(change({ ...app, requiredResourceAccess: permissions(30) }).problems).toEqual([])
    expect(change({ ...app, requiredResourceAccess: permissions(31) }).problems[0]?.message).toContain('30')

    const secret = { displayName: null, hint: 'abc', startDateTime: '', endDateTime: '' }
    const before = {
      ...blankApplication(setUp().clock),
      passwordCredentials: ['1', '2', '3'].map((keyId) => ({ ...secret, keyId })),
    }
    expect(change(app, before).problems[0]?.message).toContain('at most 2')
  })

  it('keep a certificate given only by its id, and read a new one with its dates', async () => {
    const { change } = setUp()
    const { pem } = await rsaCertificate()
    const key = pem.replaceAll(/-----[^-]+-----|\s/g, '')
    const entry = { type: 'AsymmetricX509Cert', usage: 'Verify', displayName: 'first', key }
    const first = change({ displayName: 'x', keyCredentials: [entry] })
    const [known] = first.application.keyCredentials

    const second = change(
      { keyCredentials: [{ keyId: known!.keyId, key: null, type: 'AsymmetricX509Cert', usage: 'Verify' }] },
      first.application,
    )

    expect(first.problems).toEqual([])
    expect(known).toMatchObject({ displayName: 'first', key, endDateTime: '2028-01-01T00:00:00.000Z' })
    expect(Buffer.from(known!.customKeyIdentifier, 'base64')).toHaveLength(20)
    expect(second.application.keyCredentials).toEqual([known])
    expect(change({ keyCredentials: [{ ...entry, endDateTime: '2030-01-01T00:00:00Z' }] }).problems[0]?.message).toBe(
      'Key credential end date is invalid.',
    )
  })

  it('accept the directory’s own properties in a manifest when they are unchanged', () => {
    const { change, clock } = setUp()
    const before = { ...blankApplication(clock), displayName: 'x' }

    expect(change({ ...before, publisherDomain: 'contoso.example' }, before, 'manifest').problems).toEqual([])
    expect(change({ appId: 'other' }, before, 'manifest').problems[0]?.message).toContain('cannot be changed')
  })

  it('lead to a result for any JSON, and a valid result means a complete application', () => {
    const { change } = setUp()
    const names = [
      'displayName',
      'web',
      'spa',
      'publicClient',
      'api',
      'keyCredentials',
      'passwordCredentials',
      'tags',
      'requiredResourceAccess',
      'signInAudience',
      'identifierUris',
      'notes',
      'info',
    ]
    fc.assert(
      fc.property(fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), fc.jsonValue()), (changes) => {
        const { application, problems } = change(changes)
        if (problems.length > 0) return
        expect(Array.isArray(application.web.redirectUris)).toBe(true)
        expect(typeof application.displayName).toBe('string')
      }),
    )
  })
})

function setUp() {
  const { directory, clock, contoso } = directoryForTest()
  const change = (
    changes: JsonObject,
    before: Application = blankApplication(clock),
    source: 'graph' | 'manifest' = 'graph',
  ) => changeApplication(before, changes, { directory, tenant: contoso, source })
  return { change, clock }
}
