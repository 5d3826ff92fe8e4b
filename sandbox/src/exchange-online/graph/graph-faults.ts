import type { FastifyInstance, FastifyRequest } from 'fastify'
import {
  createDisturbedAnswers,
  type FaultsAsked,
  type GraphArea,
  type GraphRefusal,
  type Subject,
} from '../../faults/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Directory } from '../../tenants/index.ts'
import { GraphError } from './graph-error.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Caller, mailbox and call, in the form that faults are matched against. Set for every request with a caller. */
    subject: Subject
  }
}

/**
 * Applies faults that affect Graph as a whole: replaced responses, broken connections, a shifted clock. Must be
 * registered after the bearer check, which determines the caller, and after the throttle.
 */
export function registerGraphFaults(
  site: FastifyInstance,
  { faults, directory, clock }: { faults: FaultsAsked; directory: Directory; clock: Clock },
): void {
  const answers = createDisturbedAnswers(site, faults)

  site.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.preauthenticated) return
    request.subject = subjectOf(request, directory)
    const ahead = faults.ask('graph.date', request.subject)
    if (ahead) reply.header('date', new Date(clock.now().getTime() + ahead.aheadMs).toUTCString())
  })
  // Only after the throttle has admitted the request, because other requests wait there for those of the same batch.
  site.addHook('preParsing', async (request, reply, payload) => {
    if (request.routeOptions.config.preauthenticated) return payload
    const fault = faults.ask('graph.request', request.subject)
    if (!fault) return payload
    if (!('kind' in fault)) throw toGraphError(fault)
    answers.disturb(request, reply, fault)
    return payload
  })
}

export function toGraphError({ status, code, message, headers }: GraphRefusal): GraphError {
  return new GraphError(status, code, message, { ...headers })
}

function subjectOf(request: FastifyRequest, directory: Directory): Subject {
  const { caller, method } = request
  const path = request.url.split('?', 1)[0]!
  const [, , root = '', named = '', ...rest] = path.split('/')
  const owner = root.toLowerCase()
  const mailboxId =
    owner === 'me' && named !== ''
      ? caller.userId
      : owner === 'users' && rest.length > 0
        ? directory.people.findUserInTenant(caller.tenantId, decode(named))?.id
        : undefined
  return {
    call: `${method} ${path.slice(0, 200)}`,
    tenantId: caller.tenantId,
    userId: caller.userId,
    appId: caller.appId,
    mailboxId,
    area: areaOf(method, path.toLowerCase(), mailboxId !== undefined),
  }
}

function areaOf(method: string, path: string, isMail: boolean): GraphArea {
  if (path.startsWith('/v1.0/subscriptions')) return 'subscriptions'
  if (!isMail) return 'other'
  if (/\/delta(\(\))?$/.test(path)) return 'delta'
  if (/\/(send|sendmail|reply|replyall|forward)$/.test(path)) return 'send'
  return method === 'GET' ? 'read' : 'write'
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
