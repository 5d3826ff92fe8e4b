/** A Graph site for the notification tests: the real store and directory, without signed tokens. */
import fastify from 'fastify'
import type { AccessTokenClaims } from '../../entra-id/index.ts'
import { createFaults } from '../../faults/index.ts'
import { openDatabase, type Database } from '../../kernel/database.ts'
import { createDeferred } from '../../kernel/deferred.ts'
import { createDirectory, GRAPH, seedTenants } from '../../tenants/index.ts'
import { createMailStore } from '../mail-store/index.ts'
import { GraphError } from './graph-error.ts'
import { registerGraphFaults } from './graph-faults.ts'
import { ANNA, fakeClock } from './graph-test-world.ts'
import {
  type EndpointAnswer,
  NoAnswerError,
  type NoAnswerReason,
  type PostToEndpoint,
} from './notifications-endpoint.ts'
import { canonicalUrl } from './odata-url.ts'

export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS

/** Response of Graph, with the body members that these tests check. */
export interface Answer {
  statusCode: number
  headers: Record<string, string | undefined>
  body: string
  json(): AnswerBody
}
interface AnswerBody {
  id: string
  error: { code: string; message: string }
  value: { id: string }[]
  expirationDateTime: string
  uploadUrl: string
  nextExpectedRanges: string[]
}

export type TestWorld = ReturnType<typeof createTestWorld>

/** Everything below the site. Using the same `database` again simulates a restart. */
export function createTestWorld(database: Database = openDatabase(':memory:'), clock = fakeClock()) {
  const reported: unknown[] = []
  const report = (error: unknown) => reported.push(error)
  const deferred = createDeferred(database, clock, report)
  const directory = createDirectory(database, clock)
  seedTenants(database, directory)
  const faults = createFaults(database, clock, directory)
  const mailStore = createMailStore({ database, clock, directory, report })
  const { tenantId } = directory.people.getUser(ANNA)
  const app =
    directory.applications.list(tenantId)[0] ?? directory.applications.add(tenantId, { displayName: 'Test client' })
  const client = directory.consents.addServicePrincipal(tenantId, app)
  const graph = directory.consents.findServicePrincipal(tenantId, GRAPH.appId)!
  directory.consents.grant(client.id, graph.id, ['Mail.ReadWrite'], null)
  directory.consents.assignAppRole(
    client.id,
    graph.id,
    GRAPH.application.find(({ value }) => value === 'Mail.ReadWrite')!.id,
  )
  const named = { login: '', graph: 'http://localhost:8080', portal: '', controlPanel: '' }

  const person = (userId = ANNA, ...scopes: string[]): AccessTokenClaims => ({
    ...claims(),
    userId,
    scopes: new Set(scopes.length > 0 ? scopes : ['Mail.ReadWrite']),
  })
  const application = (...roles: string[]): AccessTokenClaims => ({
    ...claims(),
    roles: new Set(roles.length > 0 ? roles : ['Mail.ReadWrite']),
  })
  function claims(): AccessTokenClaims {
    return {
      audience: GRAPH.audience,
      tenantId,
      appId: app.appId,
      userId: undefined,
      scopes: new Set(),
      roles: new Set(),
      issuedAt: clock.now().getTime(),
      expiresAt: clock.now().getTime() + 75 * MINUTE_MS,
      claimsCapable: false,
    }
  }

  const site = fastify({ rewriteUrl: ({ url }) => canonicalUrl(url ?? '/'), routerOptions: { maxParamLength: 4096 } })
  let caller = person()
  site.addHook('onRequest', async (request) => {
    if (!request.routeOptions.config.preauthenticated) request.caller = caller
  })
  registerGraphFaults(site, { faults, directory, clock })
  site.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof GraphError)) throw error
    return reply
      .code(error.status)
      .headers(error.headers)
      .send({ error: { code: error.code, message: error.message } })
  })
  const ask = async (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT',
    url: string,
    options: { as?: AccessTokenClaims; body?: object; headers?: Record<string, string> } = {},
  ) => {
    caller = options.as ?? person()
    const { body, headers } = options
    return site.inject({ method, url, ...(body && { payload: body }), ...(headers && { headers }) }) as Promise<Answer>
  }

  const settings = { listening: named, named }
  const deps = { database, clock, deferred, directory, mailStore, faults, settings, report }
  return { ...deps, site, ask, deps, reported, person, application, app, client, graph, tenantId }
}

export interface Notification {
  subscriptionId: string
  changeType?: string
  lifecycleEvent?: string
  resourceData?: { id: string }
  [key: string]: unknown
}

/**
 * The client's endpoint: answers handshakes as configured, accepts and counts notifications, and rejects undocumented
 * requests.
 */
export class StrictEndpoint {
  handshakes = 0
  /** Each POST that was answered with a 2xx. */
  readonly taken: Notification[][] = []
  refused = 0
  readonly #answers: (EndpointAnswer | NoAnswerReason)[] = []
  /** Default status of responses to notifications. */
  status = 202

  answerNext(...answers: (EndpointAnswer | NoAnswerReason)[]): void {
    this.#answers.push(...answers)
  }

  get notifications(): Notification[] {
    return this.taken.flat()
  }

  #hanging: (() => void) | undefined

  /** Leaves the next call unanswered until the sandbox stops; resolves when the call has arrived. */
  hangNext(): Promise<void> {
    return new Promise((resolve) => {
      this.#hanging = resolve
    })
  }

  /** Endpoints at other addresses, with their own responses. */
  readonly others = new Map<string, StrictEndpoint>()

  readonly post: PostToEndpoint = async (url, content, options) => {
    const other = this.others.get(url.split('?', 1)[0]!)
    if (other) return other.post(url, content, options)
    await Promise.resolve()
    const { type, body } = content
    const { timeoutMs, signal } = options
    if (this.#hanging) {
      this.#hanging()
      this.#hanging = undefined
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      throw new NoAnswerError('closing')
    }
    const token = new URL(url).searchParams.get('validationToken')
    const arranged = this.#answers.shift()
    if (token !== null) {
      this.handshakes++
      if (type !== 'text/plain; charset=utf-8' || body !== '' || timeoutMs !== 10_000) throw new Error('bad handshake')
    }
    if (typeof arranged === 'string') {
      if (token === null) this.refused++
      throw new NoAnswerError(arranged)
    }
    if (arranged) {
      if (token === null) this.refused++
      return arranged
    }
    if (token !== null) return { status: 200, contentType: 'text/plain', body: token }
    if (type !== 'application/json; charset=utf-8' || timeoutMs !== 3000) throw new Error('bad delivery')
    const { value } = JSON.parse(body) as { value: Notification[] }
    if (value.length === 0) throw new Error('an empty delivery')
    if (this.status >= 200 && this.status <= 299) this.taken.push(value)
    else this.refused++
    return { status: this.status, contentType: '', body: '' }
  }
}
