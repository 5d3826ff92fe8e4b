import { sql, type RawBuilder } from 'kysely'
import type { AuditLog } from '../audit/index.ts'
import type { Database, Tx } from '../database/index.ts'
import { toReason, type EmailAccounts } from '../email-accounts/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, type StateReason } from '../kernel/errors.ts'
import type { EmailAccountId, FolderId } from '../kernel/ids.ts'
import type { FolderRole } from '../mail/index.ts'
import type { Transports } from '../transports/index.ts'

/** Mailbox actions of an email account, with their progress. */
export interface ActionSettings {
  marksRead: boolean
  movesClosed: boolean
  /** Folder for the messages of closed conversations. */
  closedFolder: { remoteId: string; name: string } | undefined
  movesSpam: boolean
  movesDeleted: boolean
  /** Messages with a pending action, and those whose action has failed. */
  waiting: number
  failed: number
  /** Error of a failed action. */
  failure: StateReason | undefined
  /** Conversations without actions because too many were waiting. */
  leftOut: number
  /** Reason why all actions of the mailbox wait. */
  fault: { reason: StateReason; since: Date; nextTryAt: Date | undefined } | undefined
  /** Reason why actions can't be switched on. */
  obstacle: StateReason | undefined
}

export interface ActionSettingsInput {
  marksRead?: boolean | undefined
  /** `null` switches it off. */
  closedFolderRemoteId?: string | null | undefined
  movesSpam?: boolean | undefined
  movesDeleted?: boolean | undefined
}

export interface SettingsDeps {
  database: Database
  clock: Clock
  audit: AuditLog
  emailAccounts: Pick<EmailAccounts, 'get' | 'transportOf' | 'takeOverFolders'>
  transports: Pick<Transports, 'canChange'>
  wake: () => void
}

/** Roles that say more of a message than that its conversation is closed. */
const REFUSED: readonly (FolderRole | undefined)[] = ['inbox', 'sent', 'drafts', 'junk', 'trash']

export function createSettings({ database, clock, audit, emailAccounts, transports, wake }: SettingsDeps) {
  const { db } = database

  async function get(id: EmailAccountId): Promise<ActionSettings> {
    const account = await emailAccounts.get(id)
    const row = await db
      .selectFrom('account_action_settings')
      .leftJoin('folders', 'folders.id', 'closed_folder_id')
      .select([
        'marks_read',
        'moves_closed',
        'moves_spam',
        'moves_deleted',
        'left_out',
        'held_until',
        'trouble_code',
        'trouble_since',
      ])
      .select(['folders.remote_id', 'folders.name'])
      .where('account_action_settings.email_account_id', '=', id)
      .executeTakeFirst()
    const { rows } = await sql<{ waiting: number; failed: number; code: string | null }>`
      SELECT count(*) FILTER (WHERE due_at IS NOT NULL)::integer AS waiting,
        count(*) FILTER (WHERE due_at IS NULL)::integer AS failed, max(code) FILTER (WHERE due_at IS NULL) AS code
      FROM account_actions WHERE email_account_id = ${id} AND (due_at IS NOT NULL OR code IS NOT NULL)`.execute(db)
    const { waiting, failed, code } = rows[0]!
    const reason = toReason(row?.trouble_code ?? null)
    const { remote_id: remoteId, name } = row ?? {}
    return {
      marksRead: row?.marks_read ?? false,
      movesClosed: row?.moves_closed ?? false,
      movesSpam: row?.moves_spam ?? false,
      movesDeleted: row?.moves_deleted ?? false,
      closedFolder: remoteId != null && name != null ? { remoteId, name } : undefined,
      waiting,
      failed,
      failure: toReason(code),
      leftOut: row?.left_out ?? 0,
      fault:
        waiting > 0 && reason
          ? { reason, since: row!.trouble_since!, nextTryAt: row!.held_until ?? undefined }
          : undefined,
      obstacle: (await transports.canChange(account)) ? undefined : toReason(permissionMissing().code),
    }
  }

  async function change(id: EmailAccountId, input: ActionSettingsInput, actor: string): Promise<ActionSettings> {
    const account = await emailAccounts.get(id)
    const { marksRead, closedFolderRemoteId, movesSpam, movesDeleted } = input
    const needsFolder = typeof closedFolderRemoteId === 'string' || movesSpam === true || movesDeleted === true
    const isSwitchedOn = marksRead === true || needsFolder
    if (isSwitchedOn && !(await transports.canChange(account))) throw permissionMissing()
    const remote = needsFolder ? await (await emailAccounts.transportOf(account)).reading.listFolders() : undefined
    if (remote && typeof closedFolderRemoteId === 'string') checkFolder(remote, closedFolderRemoteId)
    if (movesSpam) requireRole(remote!, 'junk', 'movesSpam')
    if (movesDeleted) requireRole(remote!, 'trash', 'movesDeleted')
    await database.transaction(async (tx) => {
      if (remote) await emailAccounts.takeOverFolders(tx, id, remote)
      await tx
        .insertInto('account_action_settings')
        .values({ email_account_id: id })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      await tx
        .updateTable('account_action_settings')
        .set({
          ...(marksRead !== undefined && { marks_read: marksRead }),
          ...(movesSpam !== undefined && { moves_spam: movesSpam }),
          ...(movesDeleted !== undefined && { moves_deleted: movesDeleted }),
          ...(closedFolderRemoteId !== undefined && {
            moves_closed: closedFolderRemoteId !== null,
            closed_folder_id: await folderIdOf(tx, id, closedFolderRemoteId),
          }),
          ...{ held_until: null, failures: 0, left_out: 0 },
        })
        .where('email_account_id', '=', id)
        .execute()
      // Waiting actions are tried with the new settings at once. Their success ends the trouble.
      await makeDue(tx, id, sql<boolean>`due_at > ${clock.now()}`)
      await audit.record(tx, {
        action: 'email_account.changed',
        actor,
        subject: id,
        detail: {
          changed: Object.keys(input).filter((name) => input[name as keyof ActionSettingsInput] !== undefined),
        },
      })
    })
    wake()
    return get(id)
  }

  async function folderIdOf(tx: Tx, id: EmailAccountId, remoteId: string | null): Promise<FolderId | null> {
    if (remoteId === null) return null
    const row = await tx
      .selectFrom('folders')
      .select('id')
      .where('email_account_id', '=', id)
      .where('remote_id', '=', remoteId)
      .executeTakeFirstOrThrow()
    return row.id
  }

  /** Tries failed actions again. */
  async function retry(id: EmailAccountId): Promise<ActionSettings> {
    await database.transaction(async (tx) => {
      // First, as at the end of an attempt.
      await tx
        .updateTable('account_action_settings')
        .set({ held_until: null, left_out: 0 })
        .where('email_account_id', '=', id)
        .execute()
      await makeDue(tx, id, sql<boolean>`coalesce(due_at > ${clock.now()}, code IS NOT NULL)`)
    })
    wake()
    return get(id)
  }

  /** Ends pauses of single messages. Waiting ones keep their error until the attempt; failed ones start again. */
  async function makeDue(tx: Tx, id: EmailAccountId, which: RawBuilder<boolean>): Promise<void> {
    // In the order of ids, like all that lock several rows.
    await sql`UPDATE account_actions SET due_at = ${clock.now()},
        attempts = CASE WHEN due_at IS NOT NULL THEN attempts ELSE 0 END, code = CASE WHEN due_at IS NOT NULL THEN code END
      WHERE message_id IN (SELECT message_id FROM account_actions
        WHERE email_account_id = ${id} AND ${which} ORDER BY message_id FOR UPDATE)`.execute(tx)
  }

  /** Remote ids of the folders to which messages of a mailbox are moved. */
  async function targetFolders(id: EmailAccountId): Promise<string[]> {
    const rows = await db
      .selectFrom('account_action_settings')
      .innerJoin('folders', 'folders.id', 'closed_folder_id')
      .select('folders.remote_id')
      .where('account_action_settings.email_account_id', '=', id)
      .execute()
    return rows.map((row) => row.remote_id)
  }

  return { get, change, retry, targetFolders }
}

function checkFolder(
  remote: readonly { remoteId: string; role: FolderRole | undefined; path: readonly string[] }[],
  remoteId: string,
): void {
  const field = 'closedFolderRemoteId'
  const folder = remote.find((each) => each.remoteId === remoteId)
  if (!folder) throw new AppError('email_accounts.no_such_folder', { field })
  if (!REFUSED.includes(folder.role)) return
  throw new AppError('account_actions.folder_has_role', {
    field,
    detail: `the archive or a folder without a role, not ${folder.role} (${folder.path.join('/')})`,
  })
}

function requireRole(remote: readonly { role: FolderRole | undefined }[], role: 'junk' | 'trash', field: string): void {
  if (!remote.some((folder) => folder.role === role)) throw new AppError('account_actions.folder_missing', { field })
}

function permissionMissing(): AppError {
  return new AppError('account_actions.permission_missing')
}
