import { createServer, type Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/**
 * Listens on `host` and `port`. For `localhost`, listens on both loopback addresses, if the machine has both. The
 * second listener passes its connections to the same server, so that they count and close with the others.
 *
 * @returns a function that closes the second listener; call it with `app.close()`, so that a proxy is refused at once
 */
export async function listenOn(
  app: FastifyInstance,
  { host, port }: { host: string; port: number },
): Promise<() => void> {
  if (host !== 'localhost') {
    await app.listen({ host, port })
    return () => undefined
  }
  await app.listen({ host: '127.0.0.1', port })
  const bound = app.server.address()
  const second = createServer({ allowHalfOpen: true, noDelay: true }, (socket: Socket) => {
    app.server.emit('connection', socket)
  })
  const isListening = await new Promise((resolve) => {
    second.on('error', () => resolve(false))
    second.listen({ host: '::1', port: typeof bound === 'object' && bound ? bound.port : port }, () => resolve(true))
  })
  const stop = () => {
    if (second.listening) second.close()
  }
  if (isListening) app.server.once('close', stop)
  return stop
}
