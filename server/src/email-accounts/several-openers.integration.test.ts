/** One mailbox that several may open: what one of them does cuts off nobody else. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../kernel/clock.ts'
import { createDialGuard } from '../kernel/dial-guard.ts'
import type { CloudProviderId, GrantId } from '../kernel/ids.ts'
import { Secret } from '../kernel/secret.ts'
import { mailParser, startScriptedServer, type ScriptedServer } from '../test-kit/index.ts'
import { createReadingByImap } from './reading-by-imap.ts'

type Deps = Parameters<typeof createReadingByImap>[0]
type Cloud = Parameters<ReturnType<typeof createReadingByImap>['ofCloud']>[1]

let server: ScriptedServer
let byImap: ReturnType<typeof createReadingByImap>
let cloud: Cloud

beforeEach(async () => {
  server = await startScriptedServer()
  const accessTokens = {
    get: () =>
      Promise.resolve({
        value: new Secret('t'.repeat(40)),
        expiresAt: new Date('2099-01-01'),
        resource: 'exchange',
        scope: ['IMAP.AccessAsUser.All'],
      }),
    discard: () => Promise.resolve(),
  } as unknown as Deps['accessTokens']
  const dialGuard = createDialGuard({ declared: new Set([`127.0.0.1:${server.port}`]) })
  const applicationTokens = {} as Deps['applicationTokens']
  byImap = createReadingByImap({
    clock: systemClock,
    accessTokens,
    applicationTokens,
    imap: { dialGuard, parser: mailParser },
  })
  cloud = { imap: { host: '127.0.0.1', port: server.port, tls: 'none' } } as Cloud
})
afterEach(async () => {
  await byImap.close()
  await server.close()
})

const openedBy = (grantId: string) =>
  byImap.ofCloud(
    {
      address: 'support@contoso.example',
      cloudProviderId: 'contoso' as CloudProviderId,
      principal: { kind: 'grant', grantId: grantId as GrantId },
    },
    cloud,
    false,
  )

it('is watched on, and read on, while it is looked whether a stand-by could open it', async () => {
  const over = new AbortController()
  const first = openedBy('first')
  const watching = first.watch('INBOX', () => undefined, over.signal)
  await expect.poll(() => server.commands).toContain('IDLE')

  const folder = await openedBy('stand-by').use('send', (connection) => connection.open('INBOX'))
  expect(folder.path).toBe('INBOX')

  expect(openedBy('first')).toBe(first)
  expect((await first.use('sync', (connection) => connection.open('INBOX'))).path).toBe('INBOX')
  expect(server.signIns).toBe(2)
  over.abort()
  await expect(watching).resolves.toBeUndefined()
})
