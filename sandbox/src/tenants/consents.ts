import { randomUUID } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Application, AppRoleAssignment, PermissionGrant, ServicePrincipal } from './directory-objects.ts'
import type { Resource } from './permissions.ts'

/** Applications that are present in a tenant, with their permissions. */
export interface Consents {
  findServicePrincipal(tenantId: string, appId: string): ServicePrincipal | undefined
  findServicePrincipalById(id: string): ServicePrincipal | undefined
  listServicePrincipals(tenantId: string): ServicePrincipal[]
  /** Adds the application to the tenant, which is the first step of consent. Idempotent. */
  addServicePrincipal(tenantId: string, application: Pick<Application, 'appId' | 'displayName'>): ServicePrincipal
  saveServicePrincipal(servicePrincipal: ServicePrincipal): void
  removeServicePrincipal(id: string): void

  /** Adds delegated scopes to the grant of one user, or of all when `principalId` is `null`. */
  grant(clientId: string, resourceId: string, scopes: readonly string[], principalId: string | null): PermissionGrant
  /** Delegated scopes of `userId` through the client: those of the tenant and of the user. */
  grantedScopes(tenantId: string, appId: string, resource: Resource, userId: string): Set<string>
  /** Time of the last grant of delegated scopes to the client, for the user or for all; 0 when there is none. */
  grantedAt(tenantId: string, appId: string, userId: string): number
  findGrant(id: string): PermissionGrant | undefined
  listGrants(clientId: string): PermissionGrant[]
  saveGrant(grant: PermissionGrant): void
  removeGrant(id: string): void

  assignAppRole(clientId: string, resourceId: string, appRoleId: string): AppRoleAssignment
  listAppRoleAssignments(clientId: string): AppRoleAssignment[]
  removeAppRoleAssignment(id: string): void
  /** Values of the application permissions granted to the client on the resource. */
  grantedRoles(tenantId: string, appId: string, resource: Resource): string[]
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS service_principals (
    id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL REFERENCES tenants, app_id TEXT NOT NULL, object TEXT NOT NULL,
    UNIQUE (tenant_id, app_id)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS permission_grants (
    id TEXT PRIMARY KEY, client_id TEXT NOT NULL REFERENCES service_principals ON DELETE CASCADE, object TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS permission_grants_client ON permission_grants (client_id);
  CREATE TABLE IF NOT EXISTS app_role_assignments (
    id TEXT PRIMARY KEY, client_id TEXT NOT NULL REFERENCES service_principals ON DELETE CASCADE, object TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS app_role_assignments_client ON app_role_assignments (client_id);`

export function createConsents(database: Database, clock: Clock): Consents {
  database.addTables(TABLES)

  const parse = <T>(row: { object: string } | undefined) => row && (JSON.parse(row.object) as T)
  const parseAll = <T>(rows: { object: string }[]) => rows.map((row) => JSON.parse(row.object) as T)

  const consents: Consents = {
    findServicePrincipal: (tenantId, appId) =>
      parse(
        database.get(
          'SELECT object FROM service_principals WHERE tenant_id = ? AND app_id = ?',
          tenantId,
          appId.toLowerCase(),
        ),
      ),
    findServicePrincipalById: (id) => parse(database.get('SELECT object FROM service_principals WHERE id = ?', id)),
    listServicePrincipals: (tenantId) =>
      parseAll(database.all('SELECT object FROM service_principals WHERE tenant_id = ? ORDER BY rowid', tenantId)),
    addServicePrincipal(tenantId, { appId, displayName }) {
      const known = consents.findServicePrincipal(tenantId, appId)
      if (known) return known
      const servicePrincipal: ServicePrincipal = {
        id: randomUUID(),
        tenantId,
        appId,
        displayName,
        accountEnabled: true,
        appRoleAssignmentRequired: false,
      }
      database.run(
        'INSERT INTO service_principals VALUES (?, ?, ?, ?)',
        servicePrincipal.id,
        tenantId,
        appId,
        JSON.stringify(servicePrincipal),
      )
      return servicePrincipal
    },
    saveServicePrincipal(servicePrincipal) {
      database.run(
        'UPDATE service_principals SET object = ? WHERE id = ?',
        JSON.stringify(servicePrincipal),
        servicePrincipal.id,
      )
    },
    removeServicePrincipal(id) {
      database.run('DELETE FROM service_principals WHERE id = ?', id)
    },

    grant(clientId, resourceId, scopes, principalId) {
      const known = consents
        .listGrants(clientId)
        .find((grant) => grant.resourceId === resourceId && grant.principalId === principalId)
      const before = known?.scope.split(' ').filter(Boolean) ?? []
      const scope = [...new Set([...before, ...scopes])].join(' ')
      if (known) {
        const grown = { ...known, scope, grantedAt: clock.now().getTime() }
        consents.saveGrant(grown)
        return grown
      }
      const grant: PermissionGrant = {
        id: randomUUID(),
        clientId,
        consentType: principalId === null ? 'AllPrincipals' : 'Principal',
        principalId,
        resourceId,
        scope,
        grantedAt: clock.now().getTime(),
      }
      database.run('INSERT INTO permission_grants VALUES (?, ?, ?)', grant.id, clientId, JSON.stringify(grant))
      return grant
    },
    grantedScopes(tenantId, appId, resource, userId) {
      const client = consents.findServicePrincipal(tenantId, appId)
      const resourcePrincipal = consents.findServicePrincipal(tenantId, resource.appId)
      if (!client || !resourcePrincipal) return new Set()
      return new Set(
        consents
          .listGrants(client.id)
          .filter((grant) => grant.resourceId === resourcePrincipal.id)
          .filter((grant) => grant.principalId === null || grant.principalId === userId)
          .flatMap((grant) => grant.scope.split(' ').filter(Boolean)),
      )
    },
    grantedAt(tenantId, appId, userId) {
      const client = consents.findServicePrincipal(tenantId, appId)
      const grants = client ? consents.listGrants(client.id) : []
      const own = grants.filter(({ principalId }) => principalId === null || principalId === userId)
      return Math.max(0, ...own.map(({ grantedAt }) => grantedAt ?? 0))
    },
    findGrant: (id) => parse(database.get('SELECT object FROM permission_grants WHERE id = ?', id)),
    listGrants: (clientId) =>
      parseAll(database.all('SELECT object FROM permission_grants WHERE client_id = ? ORDER BY rowid', clientId)),
    saveGrant(grant) {
      database.run('UPDATE permission_grants SET object = ? WHERE id = ?', JSON.stringify(grant), grant.id)
    },
    removeGrant(id) {
      database.run('DELETE FROM permission_grants WHERE id = ?', id)
    },

    assignAppRole(clientId, resourceId, appRoleId) {
      const known = consents
        .listAppRoleAssignments(clientId)
        .find((assignment) => assignment.resourceId === resourceId && assignment.appRoleId === appRoleId)
      if (known) return known
      const assignment: AppRoleAssignment = {
        id: randomUUID(),
        appRoleId,
        principalId: clientId,
        resourceId,
        createdDateTime: clock.now().toISOString(),
      }
      database.run(
        'INSERT INTO app_role_assignments VALUES (?, ?, ?)',
        assignment.id,
        clientId,
        JSON.stringify(assignment),
      )
      return assignment
    },
    listAppRoleAssignments: (clientId) =>
      parseAll(database.all('SELECT object FROM app_role_assignments WHERE client_id = ? ORDER BY rowid', clientId)),
    removeAppRoleAssignment(id) {
      database.run('DELETE FROM app_role_assignments WHERE id = ?', id)
    },
    grantedRoles(tenantId, appId, resource) {
      const client = consents.findServicePrincipal(tenantId, appId)
      const resourcePrincipal = consents.findServicePrincipal(tenantId, resource.appId)
      if (!client || !resourcePrincipal) return []
      return consents
        .listAppRoleAssignments(client.id)
        .filter((assignment) => assignment.resourceId === resourcePrincipal.id)
        .flatMap(({ appRoleId }) => resource.application.find(({ id }) => id === appRoleId)?.value ?? [])
    },
  }
  return consents
}
