/**
 * Routes under `/servicePrincipals`: the applications that are present in the tenant, including Microsoft's APIs.
 *
 * @see https://learn.microsoft.com/graph/api/resources/serviceprincipal
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { GraphError } from '../../exchange-online/graph/index.ts'
import type { Settings } from '../../kernel/settings.ts'
import type { Directory, ServicePrincipal, User } from '../../tenants/index.ts'
import { findResource } from '../registration/admin-consent.ts'
import {
  isObject,
  type JsonObject,
  type Problem,
  readBoolean,
  readString,
  readStrings,
} from '../registration/json-reader.ts'
import { isAdministrator, mayManageApplication, mayManageServicePrincipal } from '../registration/who-may.ts'
import { type DirectoryCaller, permit, require } from './directory-access.ts'
import { answerList, answerOne } from './directory-answers.ts'
import { PERMISSION_GRANTS, SERVICE_PRINCIPALS } from './directory-collections.ts'
import { alreadyExists, badRequest, denied, notFound } from './directory-errors.ts'
import type { JsonRecord } from './directory-filter.ts'
import { permissionGrantShape, servicePrincipalShape } from './directory-shapes.ts'
import { parseBody, readKey, refuseProblems } from './requests.ts'

export function registerServicePrincipals(
  v1: FastifyInstance,
  { directory, settings }: { directory: Directory; settings: Settings },
): void {
  const { applications, consents } = directory
  const context = { graph: settings.named.graph }

  v1.get('/servicePrincipals', async (request) => {
    const { tenant } = permit(directory, request, 'read applications')
    return answerList(request, SERVICE_PRINCIPALS, consents.listServicePrincipals(tenant.id).map(shape), context)
  })

  v1.post('/servicePrincipals', async (request, reply) => {
    const caller = permit(directory, request, 'write applications')
    const { appId, ...others } = parseBody(request)
    if (typeof appId !== 'string' || appId === '') throw badRequest('A value is required for property appId.')
    const wanted = findPresentable(appId, caller)
    if (consents.findServicePrincipal(caller.tenant.id, wanted.appId)) {
      const message = `The service principal cannot be created, updated, or restored because the service principal name ${wanted.appId} is already in use.`
      throw alreadyExists(message)
    }
    const changes = readChanges(others)
    const added = { ...consents.addServicePrincipal(caller.tenant.id, wanted), ...changes }
    consents.saveServicePrincipal(added)
    reply.code(201).header('location', `${context.graph}/v1.0/servicePrincipals/${added.id}`)
    return answerOne(request, SERVICE_PRINCIPALS, shape(added), context)
  })

  v1.get('/servicePrincipals/:id', async (request) => {
    const { tenant } = permit(directory, request, 'read applications')
    return answerOne(request, SERVICE_PRINCIPALS, shape(get(request, tenant.id)), context)
  })

  v1.patch('/servicePrincipals/:id', async (request, reply) => {
    const principal = manage(request)
    consents.saveServicePrincipal({ ...principal, ...readChanges(parseBody(request)) })
    return reply.code(204).send()
  })

  v1.delete('/servicePrincipals/:id', async (request, reply) => {
    const principal = manage(request)
    // Without Microsoft's own APIs, no permission in the tenant could be granted any more.
    if (findResource(principal.appId)) throw denied()
    consents.removeServicePrincipal(principal.id)
    return reply.code(204).send()
  })

  v1.get('/servicePrincipals/:id/oauth2PermissionGrants', async (request) => {
    const { tenant } = permit(directory, request, 'read delegated grants')
    const grants = consents.listGrants(get(request, tenant.id).id)
    return answerList(request, PERMISSION_GRANTS, grants.map(permissionGrantShape), context)
  })

  function shape(principal: ServicePrincipal): JsonRecord {
    const application = applications.findByAppId(principal.appId)
    return servicePrincipalShape(principal, application, applications.tenantOf(principal.appId))
  }

  /** Finds an application that can be added to the tenant: its own, or another tenant's multitenant one. */
  function findPresentable(appId: string, caller: DirectoryCaller): { appId: string; displayName: string } {
    const resource = findResource(appId)
    const application = applications.findByAppId(appId)
    const isHome = application !== undefined && applications.tenantOf(application.appId) === caller.tenant.id
    const isForOthers = application !== undefined && application.signInAudience !== 'AzureADMyOrg'
    require(caller, (person) =>
      isHome && mayManageApplication(directory, person, application) ? true : isAdministrator(person))
    if (resource) return resource
    if (application && (isHome || isForOthers)) return application
    const message = `The appId '${appId.slice(0, 100)}' of the service principal does not reference a valid application object.`
    throw new GraphError(400, 'Request_BadRequest', message)
  }

  function get(request: FastifyRequest, tenantId: string): ServicePrincipal {
    const key = readKey(request)
    const found =
      'appId' in key ? consents.findServicePrincipal(tenantId, key.appId) : consents.findServicePrincipalById(key.id)
    if (found?.tenantId !== tenantId) throw notFound('appId' in key ? key.appId : key.id)
    return found
  }

  function manage(request: FastifyRequest): ServicePrincipal {
    const caller = permit(directory, request, 'write applications')
    const principal = get(request, caller.tenant.id)
    require(caller, (person: User) => mayManageServicePrincipal(directory, person, principal))
    return principal
  }
}

/** Properties of a service principal that can be changed; the others follow the application. */
function readChanges(body: JsonObject): Partial<ServicePrincipal> {
  const problems: Problem[] = []
  const changes: Partial<ServicePrincipal> = {}
  for (const [name, value] of Object.entries(body)) {
    if (name.includes('@odata.')) continue
    if (name === 'accountEnabled') changes.accountEnabled = readBoolean(value, name, problems) ?? true
    else if (name === 'appRoleAssignmentRequired') {
      changes.appRoleAssignmentRequired = readBoolean(value, name, problems) ?? false
    } else if (name === 'displayName') changes.displayName = readString(value, name, 256, problems) ?? ''
    else if (name === 'tags') changes.tags = [...new Set(readStrings(value, name, problems))]
    else if (!SERVICE_PRINCIPALS.properties.has(name)) {
      problems.push({ property: name, message: `Invalid property '${name}'.` })
    } else if (!isNothing(value)) {
      const message = `The property ${name} of a service principal cannot be set in this sandbox.`
      problems.push({ property: name, message })
    }
  }
  refuseProblems(problems)
  return changes
}

function isNothing(value: unknown): boolean {
  return (
    value === null ||
    (Array.isArray(value) && value.length === 0) ||
    (isObject(value) && Object.keys(value).length === 0)
  )
}
