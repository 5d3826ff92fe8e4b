import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { AccessTokenClaims, AccessTokenVerifier } from '../src/entra-id/index.ts'
import { createGraphSite } from '../src/exchange-online/graph/index.ts'
import { createMailStore } from '../src/exchange-online/mail-store/index.ts'
import { createTransport } from '../src/exchange-online/transport/index.ts'
import { createFaults } from '../src/faults/index.ts'
import { createDeferred } from '../src/kernel/deferred.ts'
import type { Settings } from '../src/kernel/settings.ts'
import { FIRST_PARTY, type User } from '../src/tenants/index.ts'
import type { DirectoryForTest } from './directory.ts'

export interface Answer {
  status: number
  headers: Record<string, unknown>
  // Tests read responses of any type.
  body: never
}

export type Ask = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: unknown) => Promise<Answer>

/** Graph with the directory plugin, for fictitious callers; the tests need no tokens of Entra ID. */
export function directoryGraph(
  { database, directory, clock }: DirectoryForTest,
  settings: Settings,
  plugin: FastifyPluginAsync,
): {
  site: FastifyInstance
  asPerson: (person: User, ...scopes: string[]) => Ask
  asApplication: (tenantId: string, ...roles: string[]) => Ask
  faults: unknown[]
} {
  const faults: unknown[] = []
  const callers = new Map<string, AccessTokenClaims>()
  const accessTokens: AccessTokenVerifier = {
    verify: async (token) => {
      const claims = callers.get(token)
      return claims ? { claims } : { refused: 'malformed' }
    },
  }
  const report = (error: unknown) => void faults.push(error)
  const deferred = createDeferred(database, clock, report)
  const mailStore = createMailStore({ database, clock, directory })
  const transport = createTransport({ database, clock, deferred, directory, mailStore, report })
  const site = createGraphSite({
    database,
    clock,
    deferred,
    directory,
    accessTokens,
    mailStore,
    transport,
    settings,
    faults: createFaults(database, clock, directory),
    plugins: [plugin],
    report,
  })

  function askAs(caller: Pick<AccessTokenClaims, 'tenantId' | 'userId' | 'scopes' | 'roles'>): Ask {
    const token = `token-${callers.size}`
    const [audience, appId] = ['https://graph.microsoft.com', FIRST_PARTY.azureCli]
    callers.set(token, { ...caller, audience, appId, issuedAt: 0, expiresAt: Infinity, claimsCapable: false })
    return async (method, url, body) => {
      const answer = await site.inject({
        method,
        url: url.startsWith('http') ? url.slice(new URL(url).origin.length) : `/v1.0${url}`,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
      })
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: (answer.body === '' ? undefined : JSON.parse(answer.body)) as never,
      }
    }
  }

  return {
    site,
    faults,
    asPerson: (person, ...scopes) =>
      askAs({ tenantId: person.tenantId, userId: person.id, scopes: new Set(scopes), roles: new Set() }),
    asApplication: (tenantId, ...roles) =>
      askAs({ tenantId, userId: undefined, scopes: new Set(), roles: new Set(roles) }),
  }
}
