import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type AccessTokenClaims, subjectOf } from '../../entra-id/index.ts'
import type { Directory, User } from '../../tenants/index.ts'
import { entityFilter } from './entity-filter.ts'
import { selected } from './folder-json.ts'
import { GraphError } from './graph-error.ts'
import { needsPerson } from './mailbox-access.ts'
import { type ODataQuery, readQuery } from './odata-query.ts'
import { defaultUser, splitName, USER_PROPERTIES, userJson } from './user-json.ts'

/** Permissions for reading users. @see https://learn.microsoft.com/graph/api/user-get#permissions */
export const USER_PERMISSIONS = {
  self: ['User.Read', 'User.ReadBasic.All', 'User.Read.All'],
  anyone: ['User.ReadBasic.All', 'User.Read.All'],
} as const

const DEFAULT_PAGE = 100
const LARGEST_PAGE = 999

/** Registers `/me`, `/users` and OpenID Connect's `/oidc/userinfo`, limited to what a mail client requests. */
export function registerUserRoutes(
  site: FastifyInstance,
  { directory, graph }: { directory: Directory; graph: string },
): void {
  const { people } = directory

  site.get('/v1.0/me', ({ caller, url }) => {
    if (caller.userId === undefined) throw needsPerson()
    permit(caller, 'self')
    return entity(people.getUser(caller.userId), readQuery(url))
  })

  site.get<{ Params: { user: string } }>('/v1.0/users/:user', ({ caller, url, params }) => {
    if (caller.userId === undefined || !isSelf(caller.userId, params.user)) permit(caller, 'anyone')
    const user = people.findUserInTenant(caller.tenantId, params.user)
    if (!user) throw resourceNotFound(params.user)
    if (user.id === caller.userId) permit(caller, 'self')
    return entity(user, readQuery(url))
  })

  site.get('/v1.0/users', (request) => {
    permit(request.caller, 'anyone')
    return list(request, readQuery(request.url))
  })

  site.get('/oidc/userinfo', ({ caller }) => {
    if (caller.userId === undefined) throw needsPerson()
    const user = people.getUser(caller.userId)
    const { givenName, surname } = splitName(user)
    return {
      // Equal to the subject of the ID token, so that clients can match both.
      sub: subjectOf({ tenantId: caller.tenantId, appId: caller.appId, userId: user.id }),
      name: user.displayName,
      ...(surname !== undefined && { family_name: surname }),
      ...(givenName !== undefined && { given_name: givenName }),
      picture: `${graph}/v1.0/me/photo/$value`,
      ...(user.mail !== undefined && { email: user.mail }),
    }
  })

  function isSelf(userId: string, wanted: string): boolean {
    const { id, userPrincipalName } = people.getUser(userId)
    return [id, userPrincipalName].some((each) => each.toLowerCase() === wanted.toLowerCase())
  }

  function entity(user: User, query: ODataQuery): unknown {
    const context = query.select ? `users(${query.select.join(',')})` : 'users'
    return { '@odata.context': `${graph}/v1.0/$metadata#${context}/$entity`, ...show(user, query) }
  }

  function show(user: User, { select }: ODataQuery): Record<string, unknown> {
    const json = userJson(user)
    return select ? selected(json, select, 'user', USER_PROPERTIES) : defaultUser(json)
  }

  function list({ caller, originalUrl }: FastifyRequest, query: ODataQuery): unknown {
    const matches = entityFilter(query.filter, 'user', USER_PROPERTIES)
    const all = people.listUsers(caller.tenantId).filter((user) => matches(userJson(user)))
    for (const { property } of query.orderBy) {
      if (!/^(displayName|userPrincipalName)$/i.test(property)) {
        throw new GraphError(400, 'Request_UnsupportedQuery', `Unsupported sort property '${property}' for 'User'.`)
      }
    }
    const [order] = query.orderBy
    if (order) {
      const key = order.property.toLowerCase() === 'displayname' ? 'displayName' : 'userPrincipalName'
      all.sort((one, other) => one[key].localeCompare(other[key], 'en') * (order.descending ? -1 : 1))
    }
    const size = query.top ?? DEFAULT_PAGE
    if (size < 1 || size > LARGEST_PAGE) {
      const message = `Invalid page size specified: '${size}'. Must be between 1 and ${LARGEST_PAGE} inclusive.`
      throw new GraphError(400, 'Request_UnsupportedQuery', message)
    }
    // Offsets are sufficient, because users are not added between two pages.
    const first = /^\d{1,6}$/.test(query.skipToken ?? '') ? Number(query.skipToken) : 0
    const next = new URLSearchParams(query.sent.filter(([name]) => !/^\$?skiptoken$/i.test(name)) as [string, string][])
    next.set('$skiptoken', String(first + size))
    return {
      '@odata.context': `${graph}/v1.0/$metadata#users${query.select ? `(${query.select.join(',')})` : ''}`,
      ...(query.count && { '@odata.count': all.length }),
      ...(first + size < all.length && {
        '@odata.nextLink': `${graph}${originalUrl.split('?', 1)[0]!}?${next.toString().replaceAll('%24', '$')}`,
      }),
      value: all.slice(first, first + size).map((user) => show(user, query)),
    }
  }
}

function permit(caller: AccessTokenClaims, whom: keyof typeof USER_PERMISSIONS): void {
  const held = caller.userId === undefined ? caller.roles : caller.scopes
  if (USER_PERMISSIONS[whom].some((permission) => held.has(permission))) return
  throw new GraphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.')
}

function resourceNotFound(id: string): GraphError {
  return new GraphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  )
}
