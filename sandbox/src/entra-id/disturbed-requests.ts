import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import {
  createDisturbedAnswers,
  type Disturbance,
  type FaultsAsked,
  type Refusal,
  type Subject,
} from '../faults/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { readForm } from '../kernel/site.ts'
import type { People } from '../tenants/index.ts'
import { given } from './client-authentication.ts'
import type { DeviceCodes } from './device-codes.ts'
import { toEntraError } from './fault-checks.ts'
import type { Grants } from './grants.ts'
import { tokenSubject } from './token-subject.ts'

export interface DisturbedRequestsDeps {
  clock: Clock
  people: People
  grants: Grants
  devices: DeviceCodes
  faults: FaultsAsked
}

/** Outages and broken connections of the login host, either before a request is read or after it is complete. */
export function registerDisturbedRequests(site: FastifyInstance, deps: DisturbedRequestsDeps) {
  const { clock, people, faults } = deps
  const answers = createDisturbedAnswers(site, faults)

  site.addHook('preHandler', async (request, reply) => {
    const subject = subjectOf(request)
    const ahead = faults.ask('entra.date', subject)
    reply.header('date', new Date(clock.now().getTime() + (ahead?.aheadMs ?? 0)).toUTCString())
    const isMetadata = subject.call === 'discovery' || subject.call === 'keys'
    const trouble =
      faults.ask('entra.request', subject) ?? (isMetadata ? faults.ask('entra.metadata', subject) : undefined)
    return trouble && meet(trouble, request, reply)
  })

  function meet(trouble: Disturbance | Refusal, request: FastifyRequest, reply: FastifyReply) {
    if (!('kind' in trouble)) throw toEntraError(trouble)
    return answers.disturb(request, reply, trouble)
  }

  function subjectOf(request: FastifyRequest): Subject {
    const { tenant: segment } = request.params as { tenant?: string }
    const tenantId = segment === undefined ? undefined : people.findTenant(segment)?.id
    const call = callOf(request)
    if (call === 'token') return tokenSubject(readForm(request), request.headers.authorization, tenantId, deps)
    const query = new URLSearchParams(request.url.split('?').slice(1).join('?'))
    const appId = given(query, 'client_id') ?? given(readForm(request), 'client_id')
    return { call, tenantId, appId: appId?.toLowerCase() }
  }

  return {
    subjectOf,
    cut: (request: FastifyRequest, reply: FastifyReply) => answers.disturb(request, reply, { kind: 'cut' })!,
  }
}

const CALLS: readonly [RegExp, string][] = [
  [/\/oauth2\/v2\.0\/token$/i, 'token'],
  [/\/oauth2\/v2\.0\/devicecode$/i, 'devicecode'],
  [/\/oauth2\/v2\.0\/authorize$/i, 'authorize'],
  [/\/openid-configuration$|\/discovery\/instance$/i, 'discovery'],
  [/\/discovery\/(v2\.0\/)?keys$/i, 'keys'],
  [/\/adminconsent$/i, 'adminconsent'],
  [/\/login$/i, 'sign-in page'],
  [/^\/device(login)?$/i, 'device page'],
]

function callOf({ url }: FastifyRequest): string {
  const path = url.split('?', 1)[0]!
  return CALLS.find(([pattern]) => pattern.test(path))?.[1] ?? path.slice(0, 100)
}
