import { isIP } from 'node:net'
import fastify, { type FastifyInstance } from 'fastify'
import { AppError } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import { listenOn } from '../listen.ts'
import { METRICS_TYPE, type Metrics } from '../metrics.ts'
import { createOpenConnections } from '../open-connections.ts'

const MAX_CONNECTIONS = 32
const HEADERS_TIMEOUT_MS = 5_000
/** Shorter than most intervals between scrapes, so that unused connections don't stay open. */
const KEEP_ALIVE_MS = 5_000

/**
 * Serves `GET /metrics` without authentication on a port of its own, which only monitoring must reach. Nothing else is
 * served there. On a loopback address, requests for another name are refused: a page in a browser of this machine could
 * have pointed its own name here (DNS rebinding).
 *
 * @throws {AppError} `config.port_taken`
 */
export async function startMetricsListener({
  host,
  port,
  metrics,
  log,
  maxConnections = MAX_CONNECTIONS,
}: {
  host: string
  port: number
  metrics: Pick<Metrics, 'read'>
  log: Log
  maxConnections?: number
}): Promise<Pick<FastifyInstance, 'close' | 'server' | 'inject'>> {
  const app = fastify({
    http: { headersTimeout: HEADERS_TIMEOUT_MS },
    requestTimeout: HEADERS_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    bodyLimit: 1,
    forceCloseConnections: true,
  })
  // Unlike `server.maxConnections`, this also counts connections to ::1, which `listenOn` passes to the server.
  createOpenConnections(log, maxConnections).watch(app.server)
  if (isLoopback(host)) {
    app.addHook('onRequest', async (request, reply) => {
      if (isLocalName(request.hostname)) return
      await reply.code(421).type('text/plain').send('Ask for localhost or the IP address of this machine.\n')
    })
  }
  app.get('/metrics', async (_request, reply) => reply.type(METRICS_TYPE).send(await metrics.read()))
  app.setNotFoundHandler((_request, reply) => reply.code(404).type('text/plain').send('Only GET /metrics is here.\n'))
  app.setErrorHandler((err, _request, reply) => {
    log.error({ err }, 'The metrics could not be read')
    return reply.code(500).type('text/plain').send('The metrics could not be read. See the log of Postkey.\n')
  })
  await listenOn(app, { host, port }).catch(async (error: unknown) => {
    await app.close()
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    throw isTaken ? new AppError('config.port_taken', { detail: 'METRICS_PORT', cause: error }) : error
  })
  return app
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}

function isLocalName(name: string): boolean {
  return name === '' || name === 'localhost' || isIP(name.replaceAll(/^\[|\]$/g, '')) !== 0
}
