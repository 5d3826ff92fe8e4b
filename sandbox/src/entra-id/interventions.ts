import type { EntraError } from './aadsts.ts'
import type { Identity } from './authority.ts'
import type { Client } from './clients.ts'

/** One request about to be granted, as whoever may still refuse it sees it. */
export interface GrantAboutToBeMade {
  endpoint: 'authorize' | 'token'
  grantType: 'code' | 'authorization_code' | 'refresh_token' | 'client_credentials'
  client: Client
  /** Absent when an application signs in as itself. */
  identity: Identity | undefined
  tenantId: string
}

/**
 * The one place where something from outside may refuse a request that is otherwise good: Conditional Access, and
 * faults switched on. Consulted once the client and the person are known and before anything is issued.
 */
export type Intervene = (grant: GrantAboutToBeMade) => EntraError | undefined

export function consult(intervene: Intervene | undefined, grant: GrantAboutToBeMade): void {
  const refusal = intervene?.(grant)
  if (refusal) throw refusal
}
