import type { AuditLog } from '../audit/index.ts'
import type { CloudProviders } from '../cloud-providers/index.ts'
import type { Database, Tx } from '../database/index.ts'
import type { EmailAccounts } from '../email-accounts/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { EmailAccountId, GrantId } from '../kernel/ids.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import type { Log } from '../kernel/log.ts'
import type { Secret } from '../kernel/secret.ts'
import type { Transports } from '../transports/index.ts'
import type { Authorizations, Grants, SignInLinks } from '../tokens/index.ts'

/** Cause for which Postkey cancels a session. */
export type CanceledBy = 'key-revoked' | 'key-expired' | 'creator-not-admin'

export interface ConnectSessionsDeps {
  database: Database
  clock: Clock
  audit: AuditLog
  events: Pick<Events, 'append'>
  log: Log
  keyRing: KeyRing
  /** The tokens of sessions are derived from it, so that only their hashes are stored. */
  linkSecret: Secret
  publicUrl: string
  cloudProviders: Pick<CloudProviders, 'get'>
  signInLinks: SignInLinks
  authorizations: Pick<Authorizations, 'beginByLink'>
  grants: Pick<Grants, 'get' | 'disconnect'>
  emailAccounts: Pick<EmailAccounts, 'associate'>
  /** Returns the account with one of these addresses that the grant opens. */
  openedBy: (grantId: GrantId, addresses: readonly string[]) => Promise<EmailAccountId | undefined>
  transports: Pick<Transports, 'open'>
  /** Why an actor may not connect mailboxes; undefined for an admin, and for a key that works. */
  connectRefusal: (actor: string, tx?: Tx) => Promise<CanceledBy | undefined>
}
