import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import type { AccessTokenClaims } from '../../entra-id/index.ts'
import { openDatabase } from '../../kernel/database.ts'
import { createDirectory } from '../../tenants/index.ts'
import { registerThrottle } from './throttle.ts'

describe('throttling over real connections', () => {
  it('counts concurrent requests as concurrent, however fast the responses are', async () => {
    const allArrived = Promise.withResolvers<undefined>()
    const { site, ask } = await setUp(async (number) => {
      if (number === 12) allArrived.resolve(undefined)
      await allArrived.promise
      // Tokens are checked in sequence, and each request could be finished before the next one's check.
      await sleep(number * 5)
    })
    const statuses = await Promise.all(Array.from({ length: 12 }, () => ask('quick')))
    expect(statuses.sort()).toEqual([...Array<number>(4).fill(200), ...Array<number>(8).fill(429)])
    await site.close()
  })

  it('refuses none of four workers that each send the next request after a response', async () => {
    const { site, ask } = await setUp()
    const worker = async () => {
      const statuses = new Set<number>()
      for (let i = 0; i < 50; i++) statuses.add(await ask('quick'))
      return [...statuses]
    }
    expect(await Promise.all(Array.from({ length: 4 }, worker))).toEqual(Array(4).fill([200]))
    await site.close()
  })

  it('frees the slot of a request when its connection is cut', async () => {
    const { site, ask, port, slow } = await setUp()
    const sockets = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const socket = connect(port, '127.0.0.1')
        await once(socket, 'connect')
        return socket
      }),
    )
    for (const socket of sockets) socket.write('GET /v1.0/me/slow HTTP/1.1\r\nHost: x\r\n\r\n')
    while (slow.running < 4) await once(slow.events, 'change')
    expect(await ask('quick')).toBe(429)

    sockets[0]!.destroy()
    while (slow.running > 3) await once(slow.events, 'change')
    expect(await ask('quick')).toBe(200)
    for (const socket of sockets) socket.destroy()
    await site.close()
  })
})

async function setUp(checkToken: (number: number) => Promise<void> = async () => undefined) {
  const clock = { now: () => new Date(0) }
  const site = fastify()
  const directory = createDirectory(openDatabase(':memory:'), clock)
  registerThrottle(site, { clock, directory })
  let requests = 0
  site.addHook('onRequest', async (request) => {
    await checkToken(++requests)
    request.caller = { appId: 'app', tenantId: 'tenant', userId: 'user' } as AccessTokenClaims
  })

  const slow = { running: 0, events: site.server }
  site.get('/v1.0/me/quick', async () => 'ok')
  site.get('/v1.0/me/slow', async (_request, reply) => {
    slow.running++
    slow.events.emit('change')
    reply.raw.once('close', () => {
      slow.running--
      slow.events.emit('change')
    })
    await new Promise(() => undefined)
  })
  await site.listen({ port: 0, host: '127.0.0.1' })
  const { port } = site.server.address() as AddressInfo
  const ask = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}/v1.0/me/${path}`)
    await answer.text()
    return answer.status
  }
  return { site, port, ask, slow }
}
