import type { CloudProviderId, EmailAccountId, GrantId } from '../../src/kernel/ids.ts'
import type { ApiKeyScope } from '../../src/people/index.ts'

export interface Row {
  /**
   * Callers that may use the route; `members` are supervisors and agents of the mailbox, and admins; `keys` are all API
   * keys and no person.
   */
  who: 'anyone' | 'keys' | 'people' | 'members' | 'admins'
  /** Also for auditors, with every mailbox. */
  auditors?: true
  /** Scope with which a key may use the route; without one, no key may. */
  scope?: ApiKeyScope
  /** Another scope that the action requires of a key. */
  alsoScope?: ApiKeyScope
  /** Concerns one mailbox: callers without access to it, such as a key for others, get "not found". */
  named?: true
  /** Address and body for a new object in the given mailbox, created by the caller. */
  of?: (thing: Thing) => {
    path?: Record<string, string>
    query?: string
    body?: unknown
    headers?: Record<string, string>
  }
}

export interface Thing {
  account: StoredThing
  author: string
  conversation: string
  message: string
  attachment: string
  draft: string
  draftAttachment: string
  discardedDraft: string
  submission: string
}

interface StoredThing {
  id: EmailAccountId
  cloudProviderId: CloudProviderId
  grantId: GrantId
}

export const ADMIN_READ: Row = { who: 'admins', scope: 'admin:read' }
export const ADMIN_WRITE: Row = { who: 'admins', scope: 'admin:write' }
/** Hosted sign-ins by programs: a key sees only its own. */
export const CONNECT: Row = { who: 'admins', scope: 'connect' }
/** Many mailboxes by an application: a key sees only its own batches. */
export const CONNECT_APPLICATION: Row = { who: 'admins', scope: 'connect:application' }
/** Changes by admins that no key may make: see docs/decisions/0064-changes-by-keys-are-listed.md. */
export const IN_PERSON: Row = { who: 'admins' }
export const read = { who: 'members', scope: 'mail:read' } as const
