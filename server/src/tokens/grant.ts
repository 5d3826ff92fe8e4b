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
  /** When another one is asked for, well before this one ends. */
  refreshDueAt?: Date | undefined
  /** The claims challenge that it answers. */
  claims?: string | undefined
}

export type GrantState = 'connected' | 'degraded' | 'needs-sign-in' | 'needs-admin'

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
  /** When it ends unless it is used before. */
  endsUnusedAt: Date
  createdAt: Date
  /** A Microsoft account of a person and of no organization: no shared mailboxes, and tokens that nobody can read. */
  isPersonal: boolean
  /** The cloud in which it was given, and the address that answers for it; undefined until a refresh has told. */
  cloud: string | undefined
  authority: string | undefined
  state: GrantState
  /** A code of the error catalogue. */
  stateReason: string | undefined
  stateSince: Date
  nextTryAt: Date | undefined
  /** Set once the authorization server has ended it; only a new sign-in clears it. */
  ended: { at: Date; upstream: Upstream | undefined } | undefined
}

/** With the tokens that prove it (RFC 6749 §1.4, §1.5). Does not leave the room. */
export interface Grant extends GrantSummary {
  refreshToken: Secret
  /** What Microsoft said of its end; seldom more than nothing. */
  refreshTokenEndsAt: Date | undefined
  /** Failures since the last success. */
  attempts: number
  /** When it is refreshed though nobody asks. */
  refreshDueAt: Date
  /** Since when a refresh is under way whose answer is not saved; stays when a process dies in it. */
  refreshBegunAt: Date | undefined
  /** JSON that the next sign-in carries as `claims`. */
  signInClaims: string | undefined
  accessTokens: Readonly<Partial<Record<Resource, AccessToken>>>
  /** Grows with each save, so that a late writer is noticed. */
  version: number
}
