import type { EmailAccountId, PersonId } from '../kernel/ids.ts'

/**
 * An admin sees every mailbox and changes the settings. Agents and supervisors handle the mail of some mailboxes;
 * supervisors also see their figures and change what others have shared with the team. An auditor reads the audit list
 * and the health of all mailboxes, no mail, and changes nothing.
 */
export type Role = 'admin' | 'supervisor' | 'agent' | 'auditor'

export const ROLES = ['admin', 'supervisor', 'agent', 'auditor'] as const satisfies readonly Role[]

/** True for roles that change canned responses and saved views which others have shared. */
export function changesShared(role: Role): boolean {
  return role === 'admin' || role === 'supervisor'
}

/** Member of the team. */
export interface Person {
  id: PersonId
  name: string
  /** Address for the sign-in to Postkey; never used to identify a user at Microsoft. */
  email: string
  role: Role
  /** Mailboxes of a supervisor or agent. An admin accesses all of them, regardless of this list; an auditor has none. */
  emailAccountIds: readonly EmailAccountId[]
  createdAt: Date
}

/**
 * Permissions of a program. `mail:write` changes only Postkey's data (assign, close, note), never the mail server.
 * `connect` starts hosted sign-ins of mailbox owners, and reads nothing else. `connect:application` connects mailboxes
 * that the application of a Cloud Provider opens, without their owners.
 */
export const API_KEY_SCOPES = [
  'mail:read',
  'mail:write',
  'mail:send',
  'connect',
  'connect:application',
  'admin:read',
  'admin:write',
] as const

export type ApiKeyScope = (typeof API_KEY_SCOPES)[number]

/** True for a key that reaches every mailbox: settings, the audit list and new mailboxes belong to no chosen ones. */
export function needsAllAccounts(scopes: readonly ApiKeyScope[]): boolean {
  return scopes.some((scope) => scope.startsWith('admin:') || scope.startsWith('connect'))
}
