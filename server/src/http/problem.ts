/**
 * Converts errors into responses: RFC 9457 problems with the fields of our catalog.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9457
 */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError, fillText } from '../kernel/errors.ts'
import { toFaults } from './faults.ts'
import { TEXTS } from './texts.ts'

export const PROBLEM_TYPE = 'application/problem+json'

export const Problem = z
  .object({
    type: z
      .string()
      .describe('Address of a page about the code, relative to this server: `/docs/errors/` and the code.'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('Detail of this occurrence.'),
    code: z.string().describe('Stable: match on it. docs/errors.md lists all codes.'),
    remedy: z.enum(['wait', 'sign-in', 'admin', 'bug']).describe('Role that can fix it.'),
    fix: z.string().describe('Instructions for a person: place and steps.'),
    traceId: z.string().describe('Same id as in the log.'),
    faults: z
      .array(z.object({ field: z.string(), expected: z.string(), fix: z.string() }))
      .optional()
      .describe('Invalid fields of the request.'),
    upstream: z
      .object({
        status: z.int().optional(),
        error: z.string().optional(),
        errorCodes: z.array(z.int()).optional(),
        correlationId: z.string().optional(),
      })
      .optional()
      .describe('Response of Microsoft.'),
  })
  .meta({ id: 'Problem' })

export type Problem = z.infer<typeof Problem>

export function toProblem(error: AppError, traceId: string, faults = fieldFault(error)): Problem {
  const upstream = error.upstream && {
    status: error.upstream.status,
    error: error.upstream.error,
    errorCodes: error.upstream.errorCodes && [...error.upstream.errorCodes],
    correlationId: error.upstream.correlationId,
  }
  return {
    type: `/docs/errors/${error.code}`,
    title: error.message,
    status: error.status,
    detail: faults ? faults.map(({ field, expected }) => `${field}: ${expected}`).join('; ') : detailOf(error),
    code: error.code,
    remedy: error.remedy,
    fix: error.fix,
    traceId,
    ...(faults && { faults }),
    ...(upstream && { upstream }),
  }
}

/**
 * Sends an error response, including errors that Fastify raises before any handler: invalid JSON, bodies too large,
 * unknown media types.
 */
export function answerError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const faults = hasZodFastifySchemaValidationErrors(thrown)
    ? toFaults(thrown.validation, thrown.validationContext ?? 'request')
    : fastifyFaults(thrown)
  const error = faults ? new AppError('http.invalid_request', { cause: thrown }) : translate(thrown)
  const problem = toProblem(error, request.id, faults)
  logProblem(request, error)
  if (error.retryAfterSeconds !== undefined) void reply.header('retry-after', error.retryAfterSeconds)
  return sendProblem(reply, problem)
}

export function logProblem({ log }: Pick<FastifyRequest, 'log'>, error: AppError): void {
  if (error.status >= 500) log.error({ err: error, code: error.code }, 'request failed')
  else log.info({ code: error.code }, 'request refused')
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer realm="Postkey"')
  return (
    reply
      .code(problem.status)
      // The route may already have set a cache lifetime.
      .header('cache-control', 'no-store')
      .type(PROBLEM_TYPE)
      .serializer(JSON.stringify)
      .send(problem)
  )
}

function translate(thrown: unknown): AppError {
  if (isFastifyError(thrown) && thrown.statusCode === 413) return new AppError('http.body_too_large', { cause: thrown })
  return AppError.from(thrown)
}

const UNREADABLE_PATHS: ReadonlySet<string> = new Set(['FST_ERR_BAD_URL', 'FST_ERR_MAX_PARAM_LENGTH'])

/** A request that Fastify itself could not parse is reported as an error of the whole body. */
function fastifyFaults(thrown: unknown): Problem['faults'] {
  if (!isFastifyError(thrown) || thrown.statusCode === undefined) return undefined
  if (UNREADABLE_PATHS.has(thrown.code)) {
    return [{ field: 'path', expected: TEXTS.knownPath, fix: TEXTS.correctPath }]
  }
  if (thrown.statusCode === 415) {
    return [
      {
        field: 'headers.content-type',
        expected: 'application/json',
        fix: TEXTS.sendJson,
      },
    ]
  }
  if (thrown.statusCode < 400 || thrown.statusCode >= 500 || thrown.statusCode === 413) return undefined
  return [{ field: 'body', expected: TEXTS.wellFormed, fix: TEXTS.sendOneValue }]
}

function isFastifyError(thrown: unknown): thrown is FastifyError {
  return (
    thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' && thrown.code.startsWith('FST_')
  )
}

/** Invalid fields found by a module, in the same form as those found by the schema. */
function fieldFault({ field, faults, message, detail, fix }: AppError): Problem['faults'] {
  if (faults) return [...faults]
  return field === undefined ? undefined : [{ field: `body.${field}`, expected: detail ?? message, fix }]
}

function detailOf(error: AppError): string {
  const { detail, upstream } = error
  if (detail !== undefined) return detail
  if (!upstream) return error.fix
  const parts = [
    upstream.status !== undefined && fillText(TEXTS.httpStatus, { status: String(upstream.status) }),
    upstream.error,
    upstream.errorCodes?.length && upstream.errorCodes.map((code) => `AADSTS${code}`).join(', '),
    upstream.correlationId && fillText(TEXTS.correlationId, { id: upstream.correlationId }),
  ].filter(Boolean)
  return parts.length > 0 ? fillText(TEXTS.upstreamSaid, { answer: parts.join(', ') }) : error.fix
}
