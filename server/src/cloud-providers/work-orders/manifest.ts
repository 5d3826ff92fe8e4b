import type { AccountTypes, OpenedByApplication } from '../cloud-provider.ts'
import type { AccountKind, Permission, ReceivesBy, SendsBy } from '../clouds/permissions.ts'

/** Requested registration. */
export interface WorkOrderRequest {
  /** The id of a {@link Cloud}. */
  cloud: string
  accountTypes: AccountTypes
  receives: ReceivesBy | undefined
  sends: SendsBy | undefined
  kinds: readonly AccountKind[]
  /**
   * Whether mailboxes are opened by the application itself, too: those that Exchange lets it into, or every mailbox of the
   * tenant. Nobody has to sign in for them.
   */
  application?: OpenedByApplication | undefined
  /** Credential that the order asks for; when absent, it offers both, and the scripts create a secret. */
  credential?: 'secret' | 'certificate' | undefined
  /** What people see when they sign in; "Postkey" when absent. */
  displayName?: string | undefined
}

export interface OrderedPermission extends Permission {
  resourceName: string
  resourceAppId: string
  /** Where it is allowed: in the registration, or in Exchange, for chosen mailboxes. */
  allowedIn: 'entra-id' | 'exchange'
}

export type SignInAudience = 'AzureADMyOrg' | 'AzureADMultipleOrgs' | 'AzureADandPersonalMicrosoftAccount'

/** The app manifest in the form of Microsoft Graph, with the parts that matter here. */
export interface Manifest {
  displayName: string
  signInAudience: SignInAudience
  web: { redirectUris: string[] }
  api: { requestedAccessTokenVersion: 2 }
  requiredResourceAccess: { resourceAppId: string; resourceAccess: { id: string; type: 'Scope' | 'Role' }[] }[]
}
