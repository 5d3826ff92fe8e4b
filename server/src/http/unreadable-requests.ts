import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { answerError, toProblem, PROBLEM_TYPE } from './problem.ts'
import { listSecurityHeaders } from './security-headers.ts'
import { TEXTS } from './texts.ts'

/**
 * Descriptions by the error code of Node's HTTP parser; all other errors are invalid HTTP. RFC 6585 §5, RFC 9110
 * §15.5.9.
 */
const FAULTS: Readonly<Record<string, { status: number; expected: string; fix: string }>> = {
  HPE_HEADER_OVERFLOW: { status: 431, expected: TEXTS.smallHeaders, fix: TEXTS.sendFewerHeaders },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, expected: TEXTS.wholeRequest, fix: TEXTS.sendAgain },
}
const NO_HTTP = { status: 400, expected: TEXTS.http11, fix: TEXTS.useHttp11 }

/** Handles requests that fail before any route and hook, with the same responses as for other errors. */
export function createUnreadableRequests({ publicUrl, log }: { publicUrl: URL; log: Log }) {
  const headers = listSecurityHeaders(publicUrl)

  return {
    /** Handles an address that cannot be parsed. */
    frameworkErrors(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
      answerError(error, request, reply.headers(headers))
    },

    /** Handles raw bytes without a parsed request; the response is written to the socket. */
    clientErrorHandler(error: Error & { code?: string }, socket: Duplex): void {
      if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
        socket.destroy(error)
        return
      }
      const { status, ...fault } = FAULTS[error.code ?? ''] ?? NO_HTTP
      const refused = new AppError('http.invalid_request', { cause: error })
      const problem = { ...toProblem(refused, newId(), [{ field: 'request', ...fault }]), status }
      log.info({ code: problem.code, traceId: problem.traceId, parser: error.code }, 'request refused')
      const body = JSON.stringify(problem)
      const head = {
        ...headers,
        'content-type': PROBLEM_TYPE,
        'content-length': Buffer.byteLength(body),
        connection: 'close',
      }
      const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}`)
      socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n'), () =>
        socket.destroy(),
      )
    },
  }
}
