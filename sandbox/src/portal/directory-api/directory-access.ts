/**
 * Permissions of the directory API. A delegated token needs the permission *and* a user whose role allows the action;
 * an application-only token needs just the permission.
 *
 * @see https://learn.microsoft.com/graph/permissions-overview
 */
import type { FastifyRequest } from 'fastify'
import type { Directory, Tenant, User } from '../../tenants/index.ts'
import { denied } from './directory-errors.ts'

interface NeededPermissions {
  delegated: readonly string[]
  application: readonly string[]
}

const READ_DIRECTORY = ['Directory.Read.All', 'Directory.ReadWrite.All']
const READ_APPLICATIONS = ['Application.Read.All', 'Application.ReadWrite.All', ...READ_DIRECTORY]
const AS_USER = 'Directory.AccessAsUser.All'

/** Any one permission of each list is sufficient. */
const NEEDED = {
  'read applications': { delegated: [...READ_APPLICATIONS, AS_USER], application: READ_APPLICATIONS },
  'write applications': {
    delegated: ['Application.ReadWrite.All', AS_USER],
    application: ['Application.ReadWrite.All'],
  },
  'read delegated grants': {
    delegated: [
      'DelegatedPermissionGrant.Read.All',
      'DelegatedPermissionGrant.ReadWrite.All',
      ...READ_DIRECTORY,
      AS_USER,
    ],
    application: ['DelegatedPermissionGrant.Read.All', 'DelegatedPermissionGrant.ReadWrite.All', ...READ_DIRECTORY],
  },
  'write delegated grants': {
    delegated: ['DelegatedPermissionGrant.ReadWrite.All', AS_USER],
    application: ['DelegatedPermissionGrant.ReadWrite.All'],
  },
  'read role assignments': {
    delegated: ['AppRoleAssignment.ReadWrite.All', ...READ_APPLICATIONS, AS_USER],
    application: ['AppRoleAssignment.ReadWrite.All', ...READ_APPLICATIONS],
  },
  'write role assignments': {
    delegated: ['AppRoleAssignment.ReadWrite.All', AS_USER],
    application: ['AppRoleAssignment.ReadWrite.All'],
  },
  // A user can always read the few properties of the own organization.
  'read organization': {
    delegated: [
      'User.Read',
      'User.Read.All',
      'Organization.Read.All',
      'Application.ReadWrite.All',
      ...READ_DIRECTORY,
      AS_USER,
    ],
    application: ['Organization.Read.All', 'Application.ReadWrite.All', 'User.Read.All', ...READ_DIRECTORY],
  },
} as const satisfies Record<string, NeededPermissions>

export type DirectoryAct = keyof typeof NEEDED

export interface DirectoryCaller {
  tenant: Tenant
  /** The signed-in user; `undefined` for an application-only token. */
  person: User | undefined
}

/** Returns the caller when the token's permissions cover `act`; otherwise throws 403 `Authorization_RequestDenied`. */
export function permit(directory: Directory, request: FastifyRequest, act: DirectoryAct): DirectoryCaller {
  const { tenantId, userId, scopes, roles } = request.caller
  const { delegated, application }: NeededPermissions = NEEDED[act]
  const tenant = directory.people.findTenant(tenantId)
  if (!tenant) throw denied()
  if (userId === undefined) {
    if (!application.some((permission) => roles.has(permission))) throw denied()
    return { tenant, person: undefined }
  }
  const person = directory.people.findUser(userId)
  if (person?.tenantId !== tenantId || !delegated.some((permission) => scopes.has(permission))) throw denied()
  return { tenant, person }
}

/** Allows an application, and a user for whom `allowed` returns true; otherwise throws 403. */
export function require({ person }: DirectoryCaller, allowed: (person: User) => boolean): void {
  if (person && !allowed(person)) throw denied()
}
