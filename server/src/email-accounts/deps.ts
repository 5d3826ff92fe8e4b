import type { Kysely } from 'kysely'
import type { AuditLog } from '../audit/index.ts'
import type { CloudProviders } from '../cloud-providers/index.ts'
import type { Database, Schema } from '../database/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { CloudProviderId, EmailAccountId, GrantId } from '../kernel/ids.ts'
import type { MailCounts, UnsentCounts } from './removal-counts.ts'
import type { MailPasswords } from './mail-passwords.ts'
import type { SyncStates } from './sync-states.ts'
import type { Transports } from '../transports/index.ts'

export interface EmailAccountsDeps {
  database: Database
  clock: Clock
  events: Events
  transports: Pick<Transports, 'open' | 'canSendBy'>
  /** Returns the cloud provider of a grant; throws when the grant does not exist. */
  cloudProviderOf: (grantId: GrantId) => Promise<CloudProviderId>
  cloudProviders: Pick<CloudProviders, 'get'>
  audit: AuditLog
  /** `createSyncStates` of `sync`. */
  syncStates: SyncStates
  /** Dependencies for mailboxes with a password. */
  mailServers?: {
    passwords: Pick<MailPasswords, 'save'>
    isDeclared: (host: string, port: number) => boolean
    isMicrosoft: (host: string) => boolean
  }
  /** `Conversations.countsOf`. */
  countsOf: (id: EmailAccountId) => Promise<MailCounts>
  /** `countUnsent` of `submission`. */
  unsentOf: (db: Kysely<Schema>, id: EmailAccountId) => Promise<UnsentCounts>
}
