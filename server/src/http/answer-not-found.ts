import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../kernel/errors.ts'
import { answerError } from './problem.ts'

/** Answers a request that no route takes: the address is unknown, or has routes for other methods only (RFC 9110 §15.5.6). */
export function createNotFound(allowedMethods: (url: string) => string[]) {
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const allowed = allowedMethods(request.url)
    if (allowed.length === 0) return answerError(new AppError('http.not_found'), request, reply)
    const detail = `${request.method}: ${allowed.join(', ')}`
    return answerError(
      new AppError('http.method_not_allowed', { detail }),
      request,
      reply.header('allow', allowed.join(', ')),
    )
  }
}
