import type { AppError } from '../kernel/errors.ts'
import type { CloudProviderId, EmailAccountId, GrantId, PrincipalWishId, SignInLinkId } from '../kernel/ids.ts'
import type { Secret } from '../kernel/secret.ts'
import type { PermissionChoice } from '../cloud-providers/index.ts'

/** A sign-in of a person, or the consent of an Entra admin for a whole organization, about to begin. */
export interface NewAuthorization {
  cloudProviderId: CloudProviderId
  kind: 'sign-in' | 'admin-consent'
  /** Hash of the browser session that begins it; only that session can complete it. */
  sessionHash: Uint8Array
  /** Address of the mailbox for which it is done. It is carried through and binds nothing: people are tid and oid. */
  wantedAddress?: string | undefined
  /** Of the mailbox. That of a user is opened by its owner, or by whoever has Full Access. */
  wantedKind?: 'user' | 'shared' | undefined
  /** The grant to be renewed. Only the person it belongs to can renew it. */
  reconnectGrantId?: GrantId | undefined
  /** Microsoft asks which account, whoever is signed in at the browser: after a try by the wrong one. */
  switchAccount?: boolean | undefined
  startedBy: string
  /** The link by which it is begun; whoever sits there has no login here. */
  signInLinkId?: SignInLinkId | undefined
  /** What the sign-in is to allow; Graph in both directions for own and shared mailboxes unless said otherwise. */
  permissions?: PermissionChoice | undefined
  /** Roads besides those whose permissions are asked for as well, so that they can be chosen without another sign-in. */
  alsoBy?: readonly ('imap' | 'smtp')[] | undefined
  /** The sign-in that follows a reported admin consent: its token proves the consent. */
  provesConsent?: boolean | undefined
}

/** For whom it was, as far as that is known. */
interface About {
  cloudProviderId: CloudProviderId | undefined
  wantedAddress: string | undefined
  /** The grant that was to be renewed. */
  reconnectGrantId: GrantId | undefined
  /** The link by which it came, and who made it; undefined when it was begun here, or by nobody knows whom. */
  link: { id: SignInLinkId; createdBy: string } | undefined
}

/** What came of it. What Microsoft says never throws: each way it can end is one of these. */
export type AuthorizationOutcome =
  | (About & {
      kind: 'granted'
      grantId: GrantId
      cloudProviderId: CloudProviderId
      tenantId: string
      userName: string
      displayName: string
      /** Wanted and not given; empty when all is well. */
      scopesMissing: readonly string[]
      /** Microsoft has no mailbox with the wanted address. */
      isAddressUnknown: boolean
      /** The grant was there before and has been renewed. */
      renewed: boolean
      wantedKind: 'user' | 'shared' | undefined
      /** Somebody else than the owner of the wanted mailbox signed in: where the owner does, already begun. */
      ownerSignIn: string | undefined
    })
  | (About & {
      /** The redirect reports a consent. Anybody who began it could have typed its address, so nothing is proved yet. */
      kind: 'consent-reported'
      cloudProviderId: CloudProviderId
      tenantId: string
      /** The sign-in that proves the consent, already begun. After a link it keeps no grant: the owner has another link. */
      next: string
    })
  | (About & {
      /** A token of this user has the permissions. The user's own consent is enough for that. */
      kind: 'consented'
      cloudProviderId: CloudProviderId
      tenantId: string
      userName: string
    })
  | FailedAuthorization

export type FailedAuthorization = About & {
  kind: 'failed'
  error: AppError
  /** When somebody else is wanted: who signed in, and whose grant it is, where that is known. */
  people?: { signedIn: string; expected: string | undefined } | undefined
  /** Whoever signed in instead can be let into the mailbox by an admin. */
  wish?: { id: PrincipalWishId; emailAccountId: EmailAccountId } | undefined
  /** Where the browser goes for another try, already begun; only when a try by whoever sits there can end otherwise. */
  again?: { kind: 'sign-in' | 'admin-consent'; url: string }
}

export interface Authorizations {
  /** Where to send the browser. What comes back within ten minutes goes to {@link Authorizations.complete}. */
  begin(authorization: NewAuthorization): Promise<{ url: string }>
  /**
   * The same for whoever has a link.
   *
   * @throws {AppError} `tokens.sign_in_link_over`
   */
  beginByLink(token: Secret, sessionHash: Uint8Array): Promise<{ url: string }>
  /** `query` is that of the redirect. Nothing is written unless all of it is right. */
  complete(query: URLSearchParams, sessionHash: Uint8Array): Promise<AuthorizationOutcome>
}
