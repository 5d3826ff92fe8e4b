import type { Resource } from '../cloud-providers/index.ts'
import type { Upstream } from '../kernel/errors.ts'
import type { CloudProviderId, GrantId } from '../kernel/ids.ts'
import type { Secret } from '../kernel/secret.ts'

/** An access token for one resource server. It contains its resource, so that it can't be sent to the other one. */
export interface AccessToken {
  value: Secret
  resource: Resource
  scope: readonly string[]
  expiresAt: Date
  /** Time of the next refresh, well before the expiry. */
  refreshDueAt?: Date | undefined
  /** Claims challenge for which the token was issued. */
  claims?: string | undefined
}

export type GrantState = 'connected' | 'degraded' | 'needs-sign-in' | 'needs-admin'

/** Displayable fields of a grant: the person, the consent and its state. */
export interface GrantSummary {
  id: GrantId
  cloudProviderId: CloudProviderId
  /** The person: `tid` and `oid`. The names and addresses below are from the last sign-in. */
  tenantId: string
  objectId: string
  userName: string
  displayName: string
  /** Full scope names, such as `https://graph.microsoft.com/Mail.Read`. */
  scopesRequested: readonly string[]
  scopesGranted: readonly string[]
  /** Time of the latest refresh token from Microsoft. An unused grant ages from this time. */
  refreshTokenAt: Date
  /** Time at which the grant expires if unused. */
  expiresUnusedAt: Date
  createdAt: Date
  /**
   * True for a personal Microsoft account: no organization, no shared mailboxes, and tokens in an unreadable format.
   */
  isPersonal: boolean
  /** Cloud that issued the grant, and its authority; undefined until the first refresh. */
  cloud: string | undefined
  authority: string | undefined
  state: GrantState
  /** Code of the error catalogue. */
  stateReason: string | undefined
  stateSince: Date
  nextTryAt: Date | undefined
  /** Set when the authorization server has ended the grant; cleared only by a new sign-in. */
  ended: { at: Date; upstream: Upstream | undefined } | undefined
}

/** A grant as kept in memory: the refresh token, which lasts for months, is read when it is used. */
export type KeptTokens = Omit<Grant, 'refreshToken'>

/** A grant with its tokens (RFC 6749 §1.4, §1.5). Must not leave this room. */
export interface Grant extends GrantSummary {
  refreshToken: Secret
  /** Expiry reported by Microsoft, which is rarely available. */
  refreshTokenEndsAt: Date | undefined
  /** Failures since the last success. */
  attempts: number
  /** Time of the next background refresh. */
  refreshDueAt: Date
  /** Start of a refresh whose response is not saved yet; stays set if the process crashes. */
  refreshBegunAt: Date | undefined
  /** JSON for the parameter `claims` of the next sign-in. */
  signInClaims: string | undefined
  accessTokens: Readonly<Partial<Record<Resource, AccessToken>>>
  /** Increases with each save, so that late writes are rejected. */
  version: number
}
