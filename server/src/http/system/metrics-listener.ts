import fastify, { type FastifyInstance } from 'fastify'
import { AppError } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import { listenOn } from '../listen.ts'
import { METRICS_TYPE, type Metrics } from '../metrics.ts'

const MAX_CONNECTIONS = 32
const HEADERS_TIMEOUT_MS = 5_000

/**
 * Serves `GET /metrics` without authentication on a port of its own, which only monitoring must reach. Nothing else is
 * served there.
 *
 * @throws {AppError} `config.port_taken`
 */
export async function startMetricsListener({
  host,
  port,
  metrics,
  log,
}: {
  host: string
  port: number
  metrics: Pick<Metrics, 'read'>
  log: Log
}): Promise<Pick<FastifyInstance, 'close' | 'server'>> {
  const app = fastify({
    http: { headersTimeout: HEADERS_TIMEOUT_MS },
    requestTimeout: HEADERS_TIMEOUT_MS,
    bodyLimit: 1,
    forceCloseConnections: true,
  })
  app.server.maxConnections = MAX_CONNECTIONS
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
