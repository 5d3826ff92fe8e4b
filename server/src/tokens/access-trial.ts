import type { CloudProvider } from '../cloud-providers/index.ts'
import type { AppError } from '../kernel/errors.ts'
import type { AccessToken } from './grant.ts'

/** A signed-in person who is not stored yet, and the mailbox to open. */
export interface AccessToTry {
  provider: CloudProvider
  userName: string
  address: string
  accessToken: AccessToken
}

/**
 * Opens a mailbox with an access token at hand: what keeps the person out, or undefined when nothing does. Throws what
 * says nothing about their rights. `createAccessTrial` of `transports/microsoft` is one; this room meets no mail server.
 */
export type AccessTrial = (access: AccessToTry) => Promise<AppError | undefined>

/**
 * Returns true if the address belongs to the user who signed in, whose user name may differ. Implemented by
 * `createOwnershipCheck` of `transports/microsoft`.
 */
export type OwnershipCheck = (access: AccessToTry) => Promise<boolean>
