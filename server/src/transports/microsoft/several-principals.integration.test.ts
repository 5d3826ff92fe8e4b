/** One mailbox with several principals: each has its own connections. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../../kernel/clock.ts'
import { createDialGuard } from '../../kernel/dial-guard.ts'
import type { CloudProviderId, GrantId } from '../../kernel/ids.ts'
import { Secret } from '../../kernel/secret.ts'
import { mailParser, startScriptedServer, type ScriptedServer } from '../../../test/kit/index.ts'
import { createExchangeImap } from './exchange-imap.ts'

type Deps = Parameters<typeof createExchangeImap>[0]
type Cloud = Parameters<ReturnType<typeof createExchangeImap>['openConnections']>[1]

let server: ScriptedServer
let exchangeImap: ReturnType<typeof createExchangeImap>
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
  exchangeImap = createExchangeImap({
    clock: systemClock,
    accessTokens,
    applicationTokens,
    imap: { dialGuard, parser: mailParser },
  })
  cloud = { imap: { host: '127.0.0.1', port: server.port, tls: 'none' } } as Cloud
})
afterEach(async () => {
  await exchangeImap.close()
  await server.close()
})

const openedBy = (grantId: string) =>
  exchangeImap.openConnections(
    {
      address: 'support@contoso.example',
      cloudProviderId: 'contoso' as CloudProviderId,
      kind: 'shared',
      principal: { kind: 'grant', grantId: grantId as GrantId },
    },
    cloud,
    false,
  )

it('keeps the connections of the principal open while a backup sign-in is checked', async () => {
  const over = new AbortController()
  const first = openedBy('first')
  const watching = first.watch('INBOX', () => undefined, over.signal)
  await expect.poll(() => server.commands).toContain('IDLE')

  const folder = await openedBy('backup').use('send', (connection) => connection.open('INBOX'))
  expect(folder.path).toBe('INBOX')

  expect(openedBy('first')).toBe(first)
  expect((await first.use('sync', (connection) => connection.open('INBOX'))).path).toBe('INBOX')
  expect(server.signIns).toBe(2)
  over.abort()
  await expect(watching).resolves.toBeUndefined()
})
