/** A proxy on the same machine, which sends the client address in X-Forwarded-For. */
import { expect, it } from 'vitest'
import { createTestApp, createTestClock, TEST_PASSWORD, testDatabase } from '../../../test/kit/index.ts'

const database = await testDatabase()
const TRIES = 10

it.each<[string, string, string[], number]>([
  ['trusted', 'that client alone', ['loopback'], 200],
  ['not trusted', 'all who come by it', [], 429],
])('behind a proxy that is %s, wrong passwords count for %s', async (which, _whom, trustedProxies, status) => {
  const { ask, rooms } = await createTestApp(database, createTestClock(), { trustedProxies })
  const member = { email: `${which.replace(' ', '-')}@contoso.example`, name: 'M', role: 'agent' as const }
  const { url } = await rooms.people.links.invite({ ...member, emailAccountIds: [] }, 'test')
  const token = new URL(url.reveal()).hash.slice(1)
  await ask('POST /v1/links/accept', { body: { token, password: TEST_PASSWORD } })
  const signIn = (forwardedFor: string, email: string, password: string) =>
    ask('POST /v1/session', { body: { email, password }, headers: { 'x-forwarded-for': forwardedFor } })

  // The value that the client itself sent comes first, and is ignored.
  for (let n = 0; n < TRIES; n++) await signIn(`192.0.2.${n}, 198.51.100.1`, member.email, 'wrong password')

  expect((await signIn('198.51.100.1', member.email, TEST_PASSWORD)).status).toBe(429)
  expect((await signIn('198.51.100.2', member.email, TEST_PASSWORD)).status).toBe(status)
})

it('wrong passwords from the networks of one IPv6 /48 count together', async () => {
  const { ask } = await createTestApp(database, createTestClock(), { trustedProxies: ['loopback'] })
  const guess = (forwardedFor: string, email: string) =>
    ask('POST /v1/session', {
      body: { email, password: 'wrong password' },
      headers: { 'x-forwarded-for': forwardedFor },
    })

  for (let n = 0; n < TRIES; n++) await guess(`2001:db8:1:${n.toString(16)}::1`, 'guessed@contoso.example')

  expect((await guess('2001:db8:1:ffff::1', 'guessed@contoso.example')).status).toBe(429)
  expect((await guess('2001:db8:2::1', 'guessed@contoso.example')).status).toBe(401)
})
