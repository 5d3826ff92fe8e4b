/** Log lines of refused access, and the filter of fail2ban that reads them. */
import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { createLog } from '../kernel/log.ts'
import { Secret } from '../kernel/secret.ts'
import { createTestClock, testDatabase, testKeyRing } from '../../test/kit/index.ts'
import { createPeople } from './create-people.ts'
import { MOST_REFUSAL_LINES } from './refused-access.ts'

const database = await testDatabase()
const lines: string[] = []
const log = createLog({ destination: { write: (line) => void lines.push(line.trimEnd()) } }).child({ room: 'people' })
const { links, sessions, apiKeys } = createPeople({
  ...{ database, log, keyRing: testKeyRing(), clock: createTestClock(), publicUrl: new URL('http://localhost:8400') },
  sessionSecret: new Secret('x'.repeat(43)),
})
const PASSWORD = new Secret('correct horse battery')
const first = await links.firstAdmin()
const token = new Secret(new URL(first!.url.reveal()).hash.slice(1))
const admin = await links.accept(token, { password: PASSWORD, name: 'Ada', email: 'ada@contoso.example' })
const { key } = await apiKeys.create(
  { name: 'Reports', scopes: ['mail:read'], emailAccountIds: 'all', allowedNetworks: ['192.0.2.0/24'] },
  admin.id,
)

/** The expression of the filter. */
const FILTER = readFileSync(new URL('../../../deploy/fail2ban/filter.d/postkey.conf', import.meta.url), 'utf8')
const FAIL = new RegExp(/^failregex = (.+)$/m.exec(FILTER)![1]!.replace('<ADDR>', '(?<address>[0-9a-f.:]+)'))
const banned = (line: string) => FAIL.exec(line)?.groups?.['address']

const signIn = (clientAddress: string, email = 'ada@contoso.example', password = 'wrong') =>
  sessions.signIn({ email, clientAddress, password: new Secret(password) }).catch(() => undefined)

const usePasskey = (clientAddress: string) => {
  const response = { authenticatorData: 'guess', clientDataJSON: 'guess', signature: 'guess' }
  const passkey = { id: 'guess', rawId: 'guess', type: 'public-key', response, clientExtensionResults: {} } as const
  return sessions.signInWithPasskey(passkey, { clientAddress, browser: new Uint8Array(16) }).catch(() => undefined)
}

beforeEach(async () => {
  lines.length = 0
  await database.pool.query('DELETE FROM sign_in_attempts')
})

describe('a log line that fail2ban reads', () => {
  it.each([
    ['a wrong password', '203.0.113.1', () => signIn('::ffff:203.0.113.1')],
    ['an unknown address', '2001:db8::7', () => signIn('2001:db8::7', 'nobody@contoso.example')],
    ['an unknown passkey', '203.0.113.2', () => usePasskey('203.0.113.2')],
    ['an unknown key', '203.0.113.3', () => apiKeys.find(new Secret('postkey_wrong'), '203.0.113.3')],
    ['another text as key', '203.0.113.4', () => apiKeys.find(new Secret('guess'), '203.0.113.4')],
    ['a key from another network', '203.0.113.5', () => apiKeys.find(key, '203.0.113.5').catch(() => undefined)],
  ])('is written for %s, with the address as a field', async (_kind, address, attempt) => {
    await attempt()
    expect(lines.map(banned).filter(Boolean)).toEqual([address])
    expect(lines.join()).not.toMatch(/wrong"|guess|postkey_wrong|nobody@/)
  })

  it('is written for an address that is locked out', async () => {
    await signIn('203.0.113.6')
    await database.pool.query('UPDATE sign_in_attempts SET points = 1000')
    lines.length = 0
    await signIn('203.0.113.6', 'ada@contoso.example', PASSWORD.reveal())
    expect(lines.map((line) => [banned(line), (JSON.parse(line) as { reason: string }).reason])).toEqual([
      ['203.0.113.6', 'people.too_many_tries'],
    ])
  })

  it('is not written for a right password or key', async () => {
    await signIn('203.0.113.7', 'ada@contoso.example', PASSWORD.reveal())
    await apiKeys.find(key, '192.0.2.1')
    expect(lines).toEqual([])
  })

  it('is limited per address, so that a flood leaves room for other lines', async () => {
    const guess = (address: string) => apiKeys.find(new Secret('guess'), address)
    for (let sent = 0; sent < 2 * MOST_REFUSAL_LINES; sent++) await guess('203.0.113.8')
    await guess('203.0.113.9')
    expect(lines.map(banned)).toEqual([...Array<string>(MOST_REFUSAL_LINES).fill('203.0.113.8'), '203.0.113.9'])
  })

  it('can not be forged by a text in another line', () => {
    const forged = `{"level":40,"room":"people","clientAddress":"198.51.100.1","method":"password","reason":"a","msg":"Access refused"}`
    log.warn({ url: forged }, forged)
    log.warn({ clientAddress: '203.0.113.9","clientAddress":"198.51.100.1' }, 'Access refused')
    expect(lines.map(banned)).toEqual([undefined, undefined])
  })
})
