import { PassThrough } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { DoctorLine as Line, DoctorReport as Report } from '../../doctor/index.ts'
import { AppError } from '../../kernel/errors.ts'
import { toWire } from '../wire.ts'
import { DoctorLine, DoctorReport } from './report.ts'

/**
 * Server-sent events: a `{"line"}` for each check when it is complete, and at the end the whole `{"report"}`, or a
 * `{"problem"}`. If the client disconnects, the run continues to its end.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function streamExamination(
  request: FastifyRequest,
  examine: (tell: (line: Line) => void) => Promise<Report>,
): PassThrough {
  const stream = new PassThrough()
  request.raw.once('close', () => stream.destroy())
  const write = (event: object) => {
    if (!stream.writableEnded && !stream.destroyed) stream.write(`data: ${JSON.stringify(event)}\n\n`)
  }
  const shown = (schema: z.ZodType, value: object) => schema.parse(toWire(value))
  examine((line) => write({ line: shown(DoctorLine, line) }))
    .then(
      (report) => write({ report: shown(DoctorReport, report) }),
      (thrown: unknown) => {
        const { code, message: title, remedy, fix } = AppError.from(thrown)
        write({ problem: { code, title, remedy, fix } })
      },
    )
    .catch((error: unknown) => stream.destroy(error as Error))
    .finally(() => stream.end())
  return stream
}

export const presentStream = {
  status: 200,
  contentType: 'text/event-stream',
  send: (stream: PassThrough, reply: FastifyReply) => reply.header('x-accel-buffering', 'no').send(stream),
} as const
