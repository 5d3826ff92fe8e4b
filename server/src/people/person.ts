import type { EmailAccountId, PersonId } from '../kernel/ids.ts'

/** An admin sees every mailbox and changes what the team works with; an agent works the mail of some mailboxes. */
export type Role = 'admin' | 'agent'

export const ROLES = ['admin', 'agent'] as const satisfies readonly Role[]

/** A member of the team. */
export interface Person {
  id: PersonId
  name: string
  /** How they sign in here; never how anybody is recognized at Microsoft. */
  email: string
  role: Role
  /** The mailboxes an agent may see. An admin sees all, whatever stands here. */
  emailAccountIds: readonly EmailAccountId[]
  createdAt: Date
}

/** What a program may be allowed to do. `mail:write` changes what is ours (assign, close, note), never the server. */
export const API_KEY_SCOPES = ['mail:read', 'mail:write', 'mail:send', 'admin:read', 'admin:write'] as const

export type ApiKeyScope = (typeof API_KEY_SCOPES)[number]
