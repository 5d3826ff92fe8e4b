import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import fastify from 'fastify'
import { expect, it } from 'vitest'
import type { AccessTokenClaims } from '../../entra-id/index.ts'
import { openDatabase } from '../../kernel/database.ts'
import { createDirectory } from '../../tenants/index.ts'
import { registerThrottle } from './throttle.ts'

it('gives the place of a request back when its connection is cut', async () => {
  const clock = { now: () => new Date(0) }
  const site = fastify()
  site.addHook('onRequest', async (request) => {
    request.caller = { appId: 'app', tenantId: 'tenant', userId: 'user' } as AccessTokenClaims
  })
  registerThrottle(site, {
    clock,
    directory: createDirectory(openDatabase(':memory:'), clock),
    limits: { concurrentRequests: 1 },
  })
  const arrived = Promise.withResolvers<undefined>()
  const cut = Promise.withResolvers<undefined>()
  site.get('/v1.0/me/slow', async (_request, reply) => {
    reply.raw.once('close', () => cut.resolve(undefined))
    arrived.resolve(undefined)
    await new Promise(() => undefined)
  })
  site.get('/v1.0/me/quick', async () => 'ok')
  await site.listen({ port: 0, host: '127.0.0.1' })
  const { port } = site.server.address() as AddressInfo
  const quick = async () => (await fetch(`http://127.0.0.1:${port}/v1.0/me/quick`)).status

  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write('GET /v1.0/me/slow HTTP/1.1\r\nHost: x\r\n\r\n')
  await arrived.promise
  expect(await quick()).toBe(429)
  socket.destroy()
  await cut.promise

  expect(await quick()).toBe(200)
  await site.close()
})
