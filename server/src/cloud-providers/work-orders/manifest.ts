import type { AccountTypes, OpenedByApplication } from '../cloud-provider.ts'
import type { AccountKind, Permission, ReceivesBy, SendsBy } from '../clouds/permissions.ts'

/** Requested registration. */
export interface WorkOrderRequest {
  /** Id of a {@link Cloud}. */
  cloud: string
  accountTypes: AccountTypes
  receives: ReceivesBy | undefined
  sends: SendsBy | undefined
  kinds: readonly AccountKind[]
  /**
   * Mailboxes that the application itself opens, without a sign-in: those selected in Exchange, or all of the tenant.
   */
  application?: OpenedByApplication | undefined
  /** Requested credential. If absent, the order offers both, and the scripts create a secret. */
  credential?: 'secret' | 'certificate' | undefined
  /** Name shown at sign-in. Default: "Postkey". */
  displayName?: string | undefined
}

export interface OrderedPermission extends Permission {
  resourceName: string
  resourceAppId: string
  /** Place of the permission: the registration, or Exchange for selected mailboxes. */
  allowedIn: 'entra-id' | 'exchange'
}

export type SignInAudience = 'AzureADMyOrg' | 'AzureADMultipleOrgs' | 'AzureADandPersonalMicrosoftAccount'

/** The relevant parts of the app manifest, in the format of Microsoft Graph. */
export interface Manifest {
  displayName: string
  signInAudience: SignInAudience
  web: { redirectUris: string[] }
  api: { requestedAccessTokenVersion: 2 }
  requiredResourceAccess: { resourceAppId: string; resourceAccess: { id: string; type: 'Scope' | 'Role' }[] }[]
}
