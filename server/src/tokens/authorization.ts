import type { AppError } from '../kernel/errors.ts'
import type { CloudProviderId, EmailAccountId, GrantId, PrincipalRequestId, SignInLinkId } from '../kernel/ids.ts'
import type { Secret } from '../kernel/secret.ts'
import type { PermissionChoice } from '../cloud-providers/index.ts'

/** A sign-in of a person, or a consent of an Entra admin for an organization, to be started. */
export interface NewAuthorization {
  cloudProviderId: CloudProviderId
  kind: 'sign-in' | 'admin-consent'
  /** Hash of the browser session that starts it. Only this session can complete it. */
  sessionHash: Uint8Array
  /** Address of the mailbox it is for. It has no influence on identity, which is tid and oid. */
  requestedAddress?: string | undefined
  /** Kind of mailbox. A user's mailbox is opened by its owner or a person with Full Access. */
  requestedKind?: 'user' | 'shared' | undefined
  /** The grant to renew. Only its own person can renew it. */
  reconnectGrantId?: GrantId | undefined
  /**
   * Makes Microsoft ask for the account even if one is signed in at the browser; used after a sign-in with the wrong
   * one.
   */
  switchAccount?: boolean | undefined
  startedBy: string
  /** The link that starts it, used by a person without a login here. */
  signInLinkId?: SignInLinkId | undefined
  /** Permissions to request. Default: Graph in both directions for own and shared mailboxes. */
  permissions?: PermissionChoice | undefined
  /**
   * Further protocols whose permissions are requested as well, so that they can be selected without another sign-in.
   */
  alsoBy?: readonly ('imap' | 'smtp')[] | undefined
  /** True for the sign-in after a reported admin consent. Its token proves the consent. */
  provesConsent?: boolean | undefined
}

/** Known context of an authorization. */
interface About {
  cloudProviderId: CloudProviderId | undefined
  requestedAddress: string | undefined
  /** The grant that was to be renewed. */
  reconnectGrantId: GrantId | undefined
  /** The link that started it, with its creator; undefined if it was started here or the link is unknown. */
  link: { id: SignInLinkId; createdBy: string } | undefined
}

/** Result of an authorization. Errors from Microsoft are results and never thrown. */
export type AuthorizationOutcome =
  | (About & {
      kind: 'granted'
      grantId: GrantId
      cloudProviderId: CloudProviderId
      tenantId: string
      userName: string
      displayName: string
      /** Requested scopes that were not granted; empty on success. */
      scopesMissing: readonly string[]
      /** True if Microsoft has no mailbox with the requested address. */
      isAddressUnknown: boolean
      /** True if an existing grant was renewed. */
      renewed: boolean
      requestedKind: 'user' | 'shared' | undefined
      /** URL of a started sign-in for the owner of the mailbox, if a different user signed in. */
      ownerSignIn: string | undefined
    })
  | (About & {
      /** The redirect reports a consent. Its URL can be forged, so nothing is proved yet. */
      kind: 'consent-reported'
      cloudProviderId: CloudProviderId
      tenantId: string
      /**
       * URL of a started sign-in that proves the consent. If started by a link, it stores no grant: the owner gets
       * another link.
       */
      next: string
    })
  | (About & {
      /** A token of this user has the permissions. The user's own consent is sufficient. */
      kind: 'consented'
      cloudProviderId: CloudProviderId
      tenantId: string
      userName: string
    })
  | FailedAuthorization

export type FailedAuthorization = About & {
  kind: 'failed'
  error: AppError
  /** Set if a different user is required: the user who signed in, and the expected one if known. */
  people?: { signedIn: string; expected: string | undefined } | undefined
  /** Request to open the mailbox as the user who signed in instead; an admin can accept it. */
  principalRequest?: { id: PrincipalRequestId; emailAccountId: EmailAccountId } | undefined
  /** URL of another attempt, already started. Only if another attempt by the same person can succeed. */
  again?: { kind: 'sign-in' | 'admin-consent'; url: string }
}

export interface Authorizations {
  /**
   * Starts an authorization and returns the URL for the browser. The redirect, within ten minutes, is passed to {@link
   * Authorizations.complete}.
   */
  begin(authorization: NewAuthorization): Promise<{ url: string }>
  /**
   * Starts the authorization of a link.
   *
   * @param hostedKind  kind of the mailbox of a connect session, whose token works only with it
   * @throws {AppError} `tokens.sign_in_link_over`
   */
  beginByLink(token: Secret, sessionHash: Uint8Array, hostedKind?: 'user' | 'shared'): Promise<{ url: string }>
  /** Completes an authorization with the query of the redirect. Writes nothing unless all checks succeed. */
  complete(query: URLSearchParams, sessionHash: Uint8Array): Promise<AuthorizationOutcome>
}
