import type { AuditLog } from '../audit/index.ts'
import type { Database, Tx } from '../database/index.ts'
import type { EmailAccounts, RequestedPrincipal } from '../email-accounts/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { CloudProviderId, EmailAccountId, PersonId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import type { Grants } from '../tokens/index.ts'
import type { TokenPrincipal, Transports } from '../transports/index.ts'

export interface AccountBatchesDeps {
  database: Database
  clock: Clock
  audit: AuditLog
  events: Pick<Events, 'append'>
  log: Log
  emailAccounts: Pick<EmailAccounts, 'associate' | 'list'>
  /** Resolves a requested principal; throws when it doesn't exist. */
  resolve: (requested: RequestedPrincipal) => Promise<{ principal: TokenPrincipal; cloudProviderId: CloudProviderId }>
  grants: Pick<Grants, 'get'>
  transports: Pick<Transports, 'pausedUntil'>
  /** True for an admin, and for a key that is neither revoked nor expired. */
  mayConnect: (actor: string) => Promise<boolean>
  /** Gives people access to a mailbox, except removed ones and auditors, and returns those who have it. */
  addMembers: (tx: Tx, personIds: readonly PersonId[], emailAccountId: EmailAccountId) => Promise<PersonId[]>
}
