/**
 * Tenants: the directory of the sandbox. Stores users, their mailboxes and permissions, and applications with their
 * registrations, tenants and grants. All other modules read and change it through this one.
 *
 * Tables: tenants, users, mailboxes, mailbox_rights, application_roles, smtp_auth, copies_for_sent_as, applications,
 * application_secrets, application_owners, service_principals, permission_grants, app_role_assignments.
 */
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { type Applications, createApplications } from './applications.ts'
import { type Consents, createConsents } from './consents.ts'
import { createPeople, type People } from './people.ts'

export { blankApplication } from './applications.ts'
export type { Applications, Consents, People }
export * from './directory-objects.ts'
export * from './permissions.ts'
export { FIRST_PARTY, PASSWORD, seedTenants } from './seed.ts'

export interface Directory {
  people: People
  applications: Applications
  consents: Consents
}

export function createDirectory(database: Database, clock: Clock): Directory {
  return {
    people: createPeople(database),
    applications: createApplications(database, clock),
    consents: createConsents(database, clock),
  }
}
