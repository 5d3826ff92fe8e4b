import type { FastifyReply, FastifyRequest } from 'fastify'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { droppedLogLines } from '../kernel/log-writer.ts'
import { VERSION } from '../kernel/version.ts'
import { registerRoundMetrics } from './round-metrics.ts'
import { createLiveFigures, type FiguresOf } from './system/live-figures.ts'

/** Format of Prometheus. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** Shorter than the scrape timeout of Prometheus (10 s). */
const READ_WITHIN_MS = 3_000

/** Metrics for Prometheus. Labels contain routes instead of addresses, so that no id and no search word is exposed. */
export function createMetrics(rooms: FiguresOf): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  new Gauge({
    name: 'postkey_info',
    help: 'Version of Postkey, as a label; always 1',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version: VERSION }, 1)
  const duration = new Histogram({
    name: 'postkey_http_request_duration_seconds',
    help: 'Time from the first byte of the request to the last byte of the response',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  })
  let reported = 0
  new Counter({
    name: 'postkey_log_lines_dropped_total',
    help: 'Number of log lines that could not be written: full disk, or no reader of standard output',
    registers: [registry],
    collect() {
      this.inc(droppedLogLines() - reported)
      reported = droppedLogLines()
    },
  })
  registerRoundMetrics(registry)
  const refresh = createLiveFigures(registry, rooms)
  let reading: Promise<string> | undefined
  return {
    read: () => (reading ??= readNow().finally(() => (reading = undefined))),
    observe: async (request, reply) => {
      const route = request.routeOptions.url ?? 'none'
      if (route === '/v1/events/stream') return
      duration.observe(
        { method: request.method, route, status: String(reply.statusCode) },
        Math.max(0, reply.elapsedTime) / 1000,
      )
    },
  }

  async function readNow(): Promise<string> {
    await refresh(READ_WITHIN_MS)
    return registry.metrics()
  }
}

export interface Metrics {
  /** Records a response. */
  observe: (request: FastifyRequest, reply: FastifyReply) => Promise<void>
  /** All metrics as text, with figures of mailboxes from the database. Concurrent callers share one reading. */
  read: () => Promise<string>
}
