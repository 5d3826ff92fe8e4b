/**
 * Tenants: the directory of the sandbox. Stores users, their mailboxes and permissions, and applications with their
 * registrations, tenants and grants. All other modules read and change it through this one.
 *
 * Tables: tenants, users, mailboxes, mailbox_rights, application_roles, smtp_auth, copies_for_sent_as, applications,
 * application_secrets, application_owners, service_principals, permission_grants, app_role_assignments.
 */
export { type Applications, blankApplication } from './applications.ts'
export type { Consents } from './consents.ts'
export { createDirectory, type Directory } from './directory.ts'
export * from './directory-objects.ts'
export type { People } from './people.ts'
export * from './permissions.ts'
export { FIRST_PARTY, PASSWORD, seedTenants } from './seed.ts'
