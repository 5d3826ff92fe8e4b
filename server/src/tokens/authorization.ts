import type { AppError } from '../kernel/errors.ts'
import type { CloudProviderId, GrantId } from '../kernel/ids.ts'
import type { PermissionChoice } from '../cloud-providers/index.ts'

/** A sign-in of a person, or the consent of an Entra admin for a whole organization, about to begin. */
export interface NewAuthorization {
  cloudProviderId: CloudProviderId
  kind: 'sign-in' | 'admin-consent'
  /** Hash of the browser session that begins it; only that session can complete it. */
  sessionHash: Uint8Array
  /** Address of the mailbox for which it is done. It is carried through and binds nothing: people are tid and oid. */
  wantedAddress?: string | undefined
  /** The grant to be renewed. Only the person it belongs to can renew it. */
  reconnectGrantId?: GrantId | undefined
  startedBy: string
  /** What the sign-in is to allow; Graph in both directions for own and shared mailboxes unless said otherwise. */
  permissions?: PermissionChoice | undefined
}

/** What came of it. What Microsoft says never throws: each way it can end is one of these. */
export type AuthorizationOutcome =
  | {
      kind: 'granted'
      grantId: GrantId
      cloudProviderId: CloudProviderId
      tenantId: string
      userName: string
      displayName: string
      /** Wanted and not given; empty when all is well. */
      scopesMissing: readonly string[]
      /** The grant was there before and has been renewed. */
      renewed: boolean
      wantedAddress: string | undefined
    }
  | {
      kind: 'consented'
      cloudProviderId: CloudProviderId
      tenantId: string
      /** Where the browser goes on: the sign-in of the mailbox's owner, already begun. */
      next: string
      wantedAddress: string | undefined
    }
  | {
      kind: 'failed'
      error: AppError
      cloudProviderId: CloudProviderId | undefined
      wantedAddress: string | undefined
      reconnectGrantId: GrantId | undefined
      /** For `tokens.other_person`: who signed in, and whose grant it is. */
      people?: { signedIn: string; expected: string }
    }

export interface Authorizations {
  /** Where to send the browser. What comes back within ten minutes goes to {@link Authorizations.complete}. */
  begin(authorization: NewAuthorization): Promise<{ url: string }>
  /** `query` is that of the redirect. Nothing is written unless all of it is right. */
  complete(query: URLSearchParams, sessionHash: Uint8Array): Promise<AuthorizationOutcome>
}
