import type { EmailAccountId, PersonId } from '../kernel/ids.ts'

/** An admin sees every mailbox and changes the settings; an agent handles the mail of some mailboxes. */
export type Role = 'admin' | 'agent'

export const ROLES = ['admin', 'agent'] as const satisfies readonly Role[]

/** Member of the team. */
export interface Person {
  id: PersonId
  name: string
  /** Address for the sign-in to Postkey; never used to identify a user at Microsoft. */
  email: string
  role: Role
  /** Mailboxes that an agent may access. An admin accesses all mailboxes, regardless of this list. */
  emailAccountIds: readonly EmailAccountId[]
  createdAt: Date
}

/** Permissions of a program. `mail:write` changes only Postkey's data (assign, close, note), never the mail server. */
export const API_KEY_SCOPES = ['mail:read', 'mail:write', 'mail:send', 'admin:read', 'admin:write'] as const

export type ApiKeyScope = (typeof API_KEY_SCOPES)[number]

/** True for a key that reaches every mailbox: settings and the audit list concern all of them. */
export function needsAllAccounts(scopes: readonly ApiKeyScope[]): boolean {
  return scopes.some((scope) => scope.startsWith('admin:'))
}
