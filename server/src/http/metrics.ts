import type { FastifyReply, FastifyRequest } from 'fastify'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { droppedLogLines } from '../kernel/log-writer.ts'
import { VERSION } from '../kernel/version.ts'
import { registerRoundMetrics } from './round-metrics.ts'

/** Metrics for Prometheus. Labels contain routes instead of addresses, so that no id and no search word is exposed. */
export function createMetrics() {
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
  return {
    registry,
    observe: async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      const route = request.routeOptions.url ?? 'none'
      if (route === '/v1/events') return
      duration.observe(
        { method: request.method, route, status: String(reply.statusCode) },
        Math.max(0, reply.elapsedTime) / 1000,
      )
    },
  }
}

export type Metrics = ReturnType<typeof createMetrics>
