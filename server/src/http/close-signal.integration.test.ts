import { once } from 'node:events'
import Fastify from 'fastify'
import { expect, it } from 'vitest'
import { closeSignal } from './close-signal.ts'

it('aborts when the client leaves, and not before', async () => {
  const app = Fastify()
  const arrived = Promise.withResolvers<AbortSignal>()
  app.post('/', async (_request, reply) => {
    const signal = closeSignal(reply)
    arrived.resolve(signal)
    await once(signal, 'abort')
  })
  const at = await app.listen({ host: '127.0.0.1', port: 0 })
  const client = new AbortController()
  const answer = fetch(at, {
    method: 'POST',
    body: 'x',
    headers: { 'content-type': 'text/plain' },
    signal: client.signal,
  })
  const signal = await arrived.promise
  expect(signal.aborted).toBe(false)

  const isOver = once(signal, 'abort')
  client.abort()
  await Promise.all([isOver, expect(answer).rejects.toThrow()])
  await app.close()
})
