import { describe, expect, it } from 'vitest'
import { Secret } from '../kernel/secret.ts'
import { createTestClock } from '../../test/kit/index.ts'
import { createKnownDevices } from './known-devices.ts'

const clock = createTestClock()
const options = { clock, publicUrl: new URL('https://postkey.contoso.example') }
const passwords = new Map<string, string>()
const credentialOf = (email: string) => Promise.resolve(passwords.get(email.toLowerCase()) ?? 'first')
const withSecret = (secret: string) =>
  createKnownDevices({ ...options, credentialOf, sessionSecret: new Secret(secret.repeat(43)) })
const devices = withSecret('x')
const valueOf = (line: string) => line.split(';')[0]!
const DAY_MS = 24 * 60 * 60 * 1000

describe('a device', () => {
  it('is known for the accounts that signed in on it, in any spelling of case, and for no others', async () => {
    const first = valueOf(await devices.remember(undefined, 'ada@contoso.example'))
    const both = `theme=dark; ${valueOf(await devices.remember(first, 'Ben@contoso.example'))}; other=1`
    const id = await devices.find(first, 'ADA@contoso.example')
    expect(id).toBeDefined()
    expect(await devices.find(both, 'ada@contoso.example')).toBe(id)
    expect(await devices.find(both, 'ben@contoso.example')).toBeDefined()
    expect(await devices.find(both, 'eve@contoso.example')).toBeUndefined()
    expect(await devices.find(first, 'ben@contoso.example')).toBeUndefined()
  })

  it('keeps the last five accounts', async () => {
    let cookie: string | undefined
    for (let n = 0; n < 6; n++) cookie = valueOf(await devices.remember(cookie, `person${n}@contoso.example`))
    const known = await Promise.all(
      Array.from({ length: 6 }, (_, n) => devices.find(cookie, `person${n}@contoso.example`)),
    )
    expect(known.map((id) => id !== undefined)).toEqual([false, true, true, true, true, true])
  })

  it('is unknown after 400 days, with a changed cookie, and with the secret of another installation', async () => {
    const cookie = valueOf(await devices.remember(undefined, 'ada@contoso.example'))
    expect(await withSecret('y').find(cookie, 'ada@contoso.example')).toBeUndefined()
    expect(await devices.find(cookie.slice(0, -5), 'ada@contoso.example')).toBeUndefined()
    const [header, claims] = cookie.split('.')
    expect(await devices.find(`${header}.${claims}.`, 'ada@contoso.example')).toBeUndefined()
    clock.advance(399 * DAY_MS)
    expect(await devices.find(cookie, 'ada@contoso.example')).toBeDefined()
    clock.advance(2 * DAY_MS)
    expect(await devices.find(cookie, 'ada@contoso.example')).toBeUndefined()
  })

  it('is unknown after a new password, which gives it a new id', async () => {
    const cookie = valueOf(await devices.remember(undefined, 'cleo@contoso.example'))
    const id = await devices.find(cookie, 'cleo@contoso.example')
    passwords.set('cleo@contoso.example', 'second')
    expect(await devices.find(cookie, 'cleo@contoso.example')).toBeUndefined()
    const renewed = await devices.find(
      valueOf(await devices.remember(cookie, 'cleo@contoso.example')),
      'cleo@contoso.example',
    )
    expect(renewed).toBeDefined()
    expect(renewed).not.toBe(id)
  })

  it('names accounts in its cookie by hashes that depend on the session secret', async () => {
    const accountsOf = async (secret: string) => {
      const [, claims] = (await withSecret(secret).remember(undefined, 'ada@contoso.example'))
        .split('.device=')[1]!
        .split('.')
      return (JSON.parse(Buffer.from(claims!, 'base64url').toString()) as { accounts: string[] }).accounts
    }
    expect(await accountsOf('x')).toEqual(await accountsOf('x'))
    expect(await accountsOf('x')).not.toEqual(await accountsOf('y'))
  })

  it('has a cookie that neighboring hosts cannot set', async () => {
    expect(await devices.remember(undefined, 'ada@contoso.example')).toMatch(
      /^__Host-postkey\.device=[\w.-]+; Max-Age=34560000; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
    )
  })
})
