import type { Selectable } from 'kysely'
import type { Schema } from '../database/index.ts'
import type { FolderRole } from '../mail/index.ts'
import type { PreflightCheck, MailServers } from '../transports/index.ts'
import { parseAutomaticReply } from './automatic-reply.ts'
import type { EmailAccount, EmailAccountState, Preflight, SyncedFolder } from './email-account.ts'
import { readBackup, readPrincipal } from './principal-columns.ts'
import { toReason } from './states.ts'
import type { StoredAccountState, StoredFolderState } from './sync-states.ts'
import { parseAliases } from './alias.ts'
import { toReceivingReason, toSendingReason } from './protocol-reasons.ts'

/** Row of an account with {@link SyncStates.ofAccount}. */
type AccountRow = Selectable<Schema['email_accounts']> & { sync_state: StoredAccountState }

export function toEmailAccount({ sync_state: sync, ...row }: AccountRow): EmailAccount {
  return {
    id: row.id,
    key: row.key,
    name: row.name,
    address: row.address,
    aliases: parseAliases(row.aliases),
    kind: row.kind,
    contact: row.contact,
    cloudProviderId: row.cloud_provider_id ?? undefined,
    servers: (row.servers as MailServers | null) ?? undefined,
    principal: readPrincipal(row),
    backupSignIn: readBackup(row),
    receivesBy: row.receives_by,
    sendsBy: row.sends_by,
    protocolReasons: {
      receives: toReceivingReason(row.receives_by, row.receives_by_reason),
      sends: toSendingReason(row.sends_by, row.sends_by_reason),
    },
    automaticReply: parseAutomaticReply(row.automatic_reply),
    // Mail that retention has deleted is not imported again.
    importFrom: row.deleted_before && row.deleted_before > row.import_from ? row.deleted_before : row.import_from,
    importClosesBefore: row.import_closes_before ?? undefined,
    watchesJunk: row.watches_junk,
    joinsBySubject: row.joins_by_subject,
    writesPlainText: row.writes_plain_text,
    timeZone: row.time_zone ?? undefined,
    assignsSender: row.assigns_sender,
    trustedAuthServId: row.trusted_auth_serv_id ?? undefined,
    sentFolderRemoteId: row.sent_folder ?? undefined,
    state: row.state as EmailAccountState,
    reason: toReason(row.state_reason),
    said: row.state_upstream ?? undefined,
    stateSince: row.state_since,
    nextTryAt: timeOf(sync.nextTryAt),
    attempts: sync.attempts,
    dueAt: new Date(sync.dueAt),
    completeUpTo: timeOf(sync.completeUpTo),
    lastReceivedAt: timeOf(sync.lastReceivedAt),
    lastSentAt: timeOf(sync.lastSentAt),
    preflight: preflightOf(row.preflight),
    push: { state: sync.push, reason: toReason(sync.pushReason) },
    createdAt: row.created_at,
  }
}

function preflightOf(stored: unknown): Preflight | undefined {
  if (stored === null) return undefined
  const { checkedAt, checks } = stored as { checkedAt: string; checks: PreflightCheck[] }
  return { checkedAt: new Date(checkedAt), checks }
}

/** Row of a folder with {@link SyncStates.ofFolder}. */
export type StoredFolder = Selectable<Schema['folders']> & { sync_state: StoredFolderState }

export function toSyncedFolder(row: StoredFolder): SyncedFolder {
  const { imported, importedCount, completeUpTo } = row.sync_state
  return {
    id: row.id,
    emailAccountId: row.email_account_id,
    remoteId: row.remote_id,
    name: row.name,
    role: (row.role ?? undefined) as FolderRole | undefined,
    synced: row.synced,
    remoteTotal: row.remote_total ?? undefined,
    importedCount,
    imported,
    completeUpTo: timeOf(completeUpTo),
  }
}

function timeOf(stored: string | null): Date | undefined {
  return stored === null ? undefined : new Date(stored)
}
