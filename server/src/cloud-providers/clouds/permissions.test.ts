import { describe, expect, it } from 'vitest'
import { createClouds, loadClouds } from './clouds.ts'
import { permissionsFor, resourceOfScope, scopesFor, scopesMissing, SIGN_IN_PERMISSIONS } from './permissions.ts'

const cloud = (await loadClouds()).get('global')
const names = (...choice: Parameters<typeof permissionsFor>) => permissionsFor(...choice).map(({ value }) => value)

describe('the permissions for a choice of protocols', () => {
  it.each([
    ['graph', undefined, ['user'], ['User.Read', 'Mail.Read']],
    ['graph', undefined, ['shared'], ['User.Read', 'Mail.Read.Shared']],
    ['graph', 'graph', ['user'], ['User.Read', 'Mail.ReadWrite', 'Mail.Send']],
    ['graph', 'graph', ['shared'], ['User.Read', 'Mail.ReadWrite.Shared', 'Mail.Send.Shared']],
    [undefined, 'graph', ['user'], ['User.Read', 'Mail.ReadWrite', 'Mail.Send']],
    ['imap', 'smtp', ['user', 'shared'], ['User.Read', 'IMAP.AccessAsUser.All', 'SMTP.Send']],
    ['graph', 'smtp', ['user'], ['User.Read', 'Mail.Read', 'SMTP.Send']],
    ['imap', 'graph', ['user'], ['User.Read', 'Mail.ReadWrite', 'Mail.Send', 'IMAP.AccessAsUser.All']],
  ] as const)('%s in, %s out, %j', (receives, sends, kinds, expected) => {
    expect(names({ receives, sends, kinds })).toEqual(expected)
  })

  it('have a purpose and a unique id each', () => {
    const all = [
      ...SIGN_IN_PERMISSIONS,
      ...permissionsFor({ receives: 'graph', sends: 'graph', kinds: ['user', 'shared'] }),
      ...permissionsFor({ receives: 'graph', sends: undefined, kinds: ['user', 'shared'] }).slice(1),
      ...permissionsFor({ receives: 'imap', sends: 'smtp', kinds: ['user'] }).slice(1),
    ]

    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
    for (const { purpose } of all) expect(purpose).toMatch(/^[A-Z][^.]+\.$/)
  })

  it('are full scope names, each of one resource', () => {
    const scopes = scopesFor({ receives: 'graph', sends: 'smtp', kinds: ['user'] }, cloud)

    expect(scopes).toEqual([
      'https://graph.microsoft.com/User.Read',
      'https://graph.microsoft.com/Mail.Read',
      'https://outlook.office.com/SMTP.Send',
    ])
    expect(scopes.map((scope) => resourceOfScope(scope, cloud))).toEqual(['graph', 'graph', 'exchange'])
    expect(resourceOfScope('offline_access', cloud)).toBeUndefined()
  })
})

describe('the comparison of requested and granted permissions', () => {
  const scope = (name: string) => `https://graph.microsoft.com/${name}`

  it('lists missing permissions', () => {
    expect(scopesMissing([scope('Mail.Send'), scope('User.Read')], [scope('User.Read')])).toEqual([scope('Mail.Send')])
  })

  it('accepts a wider permission for a narrower one, but not one of another resource', () => {
    expect(scopesMissing([scope('Mail.Read')], [scope('Mail.ReadWrite')])).toEqual([])
    expect(scopesMissing([scope('Mail.ReadWrite')], [scope('Mail.Read')])).toEqual([scope('Mail.ReadWrite')])
    expect(scopesMissing([scope('Mail.Read')], ['https://outlook.office.com/Mail.ReadWrite'])).toHaveLength(1)
  })

  it('ignores case', () => {
    expect(scopesMissing([scope('Mail.Read')], [scope('mail.read')])).toEqual([])
  })
})

describe('the built-in clouds', () => {
  it('are four, each with HTTPS endpoints only', async () => {
    const clouds = await loadClouds()

    expect(clouds.list().map(({ id }) => id)).toEqual(['global', 'gcc-high', 'dod', 'china'])
    for (const { authority, graphRoot, allowsHttpLoopback } of clouds.list()) {
      expect([new URL(authority).protocol, new URL(graphRoot).protocol]).toEqual(['https:', 'https:'])
      expect(allowsHttpLoopback).toBe(false)
    }
  })

  it('have unique ids', () => {
    expect(() => createClouds([cloud, cloud])).toThrow(/clouds file/)
    expect(() => createClouds([cloud]).get('dod')).toThrow(/no cloud/)
  })
})
