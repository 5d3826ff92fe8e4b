import type { FastifyRequest } from 'fastify'
import { randomUUID } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'

/** Ids and time of one request, shown in every error for support. */
export interface RequestContext {
  traceId: string
  /** The client's `client-request-id` when it is a GUID, otherwise a new one. */
  correlationId: string
  at: Date
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export function contextOf(request: FastifyRequest, clock: Clock): RequestContext {
  const query = request.query as Record<string, unknown>
  const body = request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
  const sent = [
    request.headers['client-request-id'],
    query['client-request-id'],
    body.get('client-request-id') ?? undefined,
  ]
  const correlationId = sent.find((id): id is string => typeof id === 'string' && GUID.test(id))
  return { traceId: randomUUID(), correlationId: correlationId ?? randomUUID(), at: clock.now() }
}

export function isGuid(text: string): boolean {
  return GUID.test(text)
}

/** `2026-11-02 09:00:00Z`, as in error bodies. */
export function formatTimestamp(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace('T', ' ')}Z`
}
