import type { Resource } from '../cloud-providers/index.ts'
import type { Upstream } from '../kernel/errors.ts'
import type { CloudProviderId, GrantId } from '../kernel/ids.ts'
import type { Secret } from '../kernel/secret.ts'

/** A token for one resource server. It knows for which, so that it is never handed to the other one. */
export interface AccessToken {
  value: Secret
  resource: Resource
  scope: readonly string[]
  expiresAt: Date
}

/** What may be shown of a grant: who consented to what, and whether it still holds. */
export interface GrantSummary {
  id: GrantId
  cloudProviderId: CloudProviderId
  /** The person: `tid` and `oid`. Names and addresses below are what Microsoft called them at the last sign-in. */
  tenantId: string
  objectId: string
  userName: string
  displayName: string
  /** Whole names, such as `https://graph.microsoft.com/Mail.Read`. */
  scopesWanted: readonly string[]
  scopesGranted: readonly string[]
  /** When Microsoft last gave a refresh token: the day from which an idle grant ages. */
  refreshTokenAt: Date
  createdAt: Date
  /** Set once the authorization server has ended it; only a new sign-in clears it. */
  ended: { at: Date; upstream: Upstream | undefined } | undefined
}

/** With the tokens that prove it (RFC 6749 §1.4, §1.5). Does not leave the room. */
export interface Grant extends GrantSummary {
  refreshToken: Secret
  accessTokens: Readonly<Partial<Record<Resource, AccessToken>>>
  /** Grows with each save, so that a late writer is noticed. */
  version: number
}
