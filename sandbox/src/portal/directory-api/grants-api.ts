/**
 * Routes for granted permissions: `/oauth2PermissionGrants` (delegated) and app role assignments (application). Only
 * administrators can write here; this is admin consent by API.
 *
 * @see https://learn.microsoft.com/graph/permissions-grant-via-msgraph
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Settings } from '../../kernel/settings.ts'
import type { Directory, AppRoleAssignment, PermissionGrant, ServicePrincipal } from '../../tenants/index.ts'
import { findResource, splitScopes } from '../registration/admin-consent.ts'
import { isAdministrator } from '../registration/who-may.ts'
import { type DirectoryCaller, permit, require } from './directory-access.ts'
import { answerList, answerOne, type Collection } from './directory-answers.ts'
import { PERMISSION_GRANTS, ROLE_ASSIGNMENTS } from './directory-collections.ts'
import { alreadyExists, badRequest, notFound } from './directory-errors.ts'
import type { JsonRecord } from './directory-filter.ts'
import { permissionGrantShape, roleAssignmentShape } from './directory-shapes.ts'
import { parseBody, readKey, readParameter } from './requests.ts'

const MAX_SCOPE_LENGTH = 3850

export function registerGrants(
  v1: FastifyInstance,
  { directory, settings }: { directory: Directory; settings: Settings },
): void {
  const { consents, people } = directory
  const context = { graph: settings.named.graph }

  v1.get('/oauth2PermissionGrants', async (request) => {
    const { tenant } = permit(directory, request, 'read delegated grants')
    const grants = consents.listServicePrincipals(tenant.id).flatMap(({ id }) => consents.listGrants(id))
    return answerList(request, PERMISSION_GRANTS, grants.map(permissionGrantShape), context)
  })

  v1.post('/oauth2PermissionGrants', async (request, reply) => {
    const caller = permit(directory, request, 'write delegated grants')
    require(caller, isAdministrator)
    const body = parseBody(request)
    const client = principalNamed(body['clientId'], 'clientId', caller)
    const resource = principalNamed(body['resourceId'], 'resourceId', caller)
    const principalId = readPrincipal(body['consentType'], body['principalId'], caller)
    const scopes = readScopes(body['scope'])
    const isSame = (grant: PermissionGrant) => grant.resourceId === resource.id && grant.principalId === principalId
    if (consents.listGrants(client.id).some(isSame)) throw alreadyExists('Permission entry already exists.')

    const grant = consents.grant(client.id, resource.id, scopes, principalId)
    reply.code(201).header('location', `${context.graph}/v1.0/oauth2PermissionGrants/${grant.id}`)
    return answerOne(request, PERMISSION_GRANTS, permissionGrantShape(grant), context)
  })

  v1.get('/oauth2PermissionGrants/:id', async (request) => {
    const caller = permit(directory, request, 'read delegated grants')
    return answerOne(request, PERMISSION_GRANTS, permissionGrantShape(grantNamed(request, caller)), context)
  })

  v1.patch('/oauth2PermissionGrants/:id', async (request, reply) => {
    const caller = permit(directory, request, 'write delegated grants')
    require(caller, isAdministrator)
    const grant = grantNamed(request, caller)
    const { scope, ...others } = parseBody(request)
    const unchangeable = Object.keys(others).find((name) => !name.includes('@odata.'))
    if (unchangeable !== undefined) throw badRequest(`Property '${unchangeable}' is read-only and cannot be set.`)
    consents.saveGrant({ ...grant, scope: readScopes(scope).join(' ') })
    return reply.code(204).send()
  })

  v1.delete('/oauth2PermissionGrants/:id', async (request, reply) => {
    const caller = permit(directory, request, 'write delegated grants')
    require(caller, isAdministrator)
    consents.removeGrant(grantNamed(request, caller).id)
    return reply.code(204).send()
  })

  registerAssignments('appRoleAssignments', 'principalId')
  registerAssignments('appRoleAssignedTo', 'resourceId')

  /** Registers the assignments below the client that has them, or below the API that they are for. */
  function registerAssignments(name: string, end: 'principalId' | 'resourceId'): void {
    const collection: Collection = { ...ROLE_ASSIGNMENTS, name }
    const path = `/servicePrincipals/:id/${name}`

    v1.get(path, async (request) => {
      const caller = permit(directory, request, 'read role assignments')
      const all = assignmentsAt(principalInPath(request, caller), end)
      return answerList(request, collection, all.map(shape), context)
    })

    v1.post(path, async (request, reply) => {
      const caller = permit(directory, request, 'write role assignments')
      require(caller, isAdministrator)
      const here = principalInPath(request, caller)
      const body = parseBody(request)
      const client = principalNamed(body['principalId'], 'principalId', caller)
      const resource = principalNamed(body['resourceId'], 'resourceId', caller)
      if (here.id !== (end === 'principalId' ? client : resource).id) {
        throw badRequest(`The ${end} must be the service principal in the address.`)
      }
      const roleId = typeof body['appRoleId'] === 'string' ? body['appRoleId'].toLowerCase() : ''
      if (!findResource(resource.appId)?.application.some(({ id }) => id === roleId)) {
        // Microsoft's wording.
        throw badRequest(`Permission being assigned was not found on application '${resource.appId}'`)
      }
      const isSame = (one: AppRoleAssignment) => one.resourceId === resource.id && one.appRoleId === roleId
      if (consents.listAppRoleAssignments(client.id).some(isSame)) {
        throw badRequest('Permission being assigned already exists on the object')
      }
      const assignment = consents.assignAppRole(client.id, resource.id, roleId)
      reply.code(201).header('location', `${context.graph}/v1.0/servicePrincipals/${here.id}/${name}/${assignment.id}`)
      return answerOne(request, collection, shape(assignment), context)
    })

    v1.get(`${path}/:assignmentId`, async (request) => {
      const caller = permit(directory, request, 'read role assignments')
      return answerOne(request, collection, shape(assignmentNamed(request, caller, end)), context)
    })

    v1.delete(`${path}/:assignmentId`, async (request, reply) => {
      const caller = permit(directory, request, 'write role assignments')
      require(caller, isAdministrator)
      consents.removeAppRoleAssignment(assignmentNamed(request, caller, end).id)
      return reply.code(204).send()
    })
  }

  function assignmentsAt(principal: ServicePrincipal, end: 'principalId' | 'resourceId'): AppRoleAssignment[] {
    const clients = end === 'principalId' ? [principal] : consents.listServicePrincipals(principal.tenantId)
    return clients
      .flatMap(({ id }) => consents.listAppRoleAssignments(id))
      .filter((assignment) => assignment[end] === principal.id)
  }

  function assignmentNamed(request: FastifyRequest, caller: DirectoryCaller, end: 'principalId' | 'resourceId') {
    const id = readParameter(request, 'assignmentId')
    const found = assignmentsAt(principalInPath(request, caller), end).find((one) => one.id === id)
    if (!found) throw notFound(id)
    return found
  }

  function shape(assignment: AppRoleAssignment): JsonRecord {
    const nameOf = (id: string) => consents.findServicePrincipalById(id)?.displayName
    return roleAssignmentShape(assignment, nameOf(assignment.principalId), nameOf(assignment.resourceId))
  }

  function grantNamed(request: FastifyRequest, { tenant }: DirectoryCaller): PermissionGrant {
    const id = readParameter(request, 'id')
    const grant = consents.findGrant(id)
    if (!grant || consents.findServicePrincipalById(grant.clientId)?.tenantId !== tenant.id) throw notFound(id)
    return grant
  }

  function principalInPath(request: FastifyRequest, { tenant }: DirectoryCaller): ServicePrincipal {
    const key = readKey(request)
    const found =
      'appId' in key ? consents.findServicePrincipal(tenant.id, key.appId) : consents.findServicePrincipalById(key.id)
    if (found?.tenantId !== tenant.id) throw notFound('appId' in key ? key.appId : key.id)
    return found
  }

  function principalNamed(id: unknown, property: string, { tenant }: DirectoryCaller): ServicePrincipal {
    if (typeof id !== 'string' || id === '') throw badRequest(`A value is required for property ${property}.`)
    const found = consents.findServicePrincipalById(id)
    if (found?.tenantId !== tenant.id) throw notFound(id)
    return found
  }

  function readPrincipal(consentType: unknown, principalId: unknown, { tenant }: DirectoryCaller): string | null {
    if (consentType === 'AllPrincipals') {
      if (principalId == null || principalId === '') return null
      throw badRequest('The property principalId must be null when consentType is AllPrincipals.')
    }
    if (consentType !== 'Principal') throw badRequest('The property consentType must be AllPrincipals or Principal.')
    const id = typeof principalId === 'string' ? principalId : ''
    if (people.findUser(id)?.tenantId !== tenant.id) throw notFound(id)
    return id
  }
}

function readScopes(scope: unknown): string[] {
  const scopes = typeof scope === 'string' ? [...new Set(splitScopes({ scope }))] : []
  if (scopes.length === 0) throw badRequest('A value is required for property scope.')
  if (scopes.join(' ').length > MAX_SCOPE_LENGTH) {
    throw badRequest(`The property scope has at most ${MAX_SCOPE_LENGTH} characters.`)
  }
  if (!scopes.every((one) => /^[\x21-\x7e]+$/.test(one))) throw badRequest('The property scope has an invalid value.')
  return scopes
}
