import { AppError } from '../kernel/errors.ts'
import { newId, type EmailAccountId } from '../kernel/ids.ts'
import type { RemoteFolder } from '../mail/index.ts'
import { aliasesTold, storedAliases } from './aliases.ts'
import type { AccountChanges } from './account-changes.ts'
import { keyFrom, uniquely } from './account-keys.ts'
import type { EmailAccountsDeps } from './deps.ts'
import type { EmailAccount, Preflight } from './email-account.ts'
import type { Folders } from './folders.ts'
import { previewImport, type ImportPreview } from './import-previews.ts'
import { CLOSES_OLDER_THAN_DAYS, importClosesBefore, importFrom } from './import-from.ts'
import type { Lifecycle } from './lifecycle.ts'
import {
  aliasesForCertain,
  findFreeKey,
  holdNewAccounts,
  refuseConnected,
  refuseUnread,
  type UnattendedAssociation,
} from './new-accounts.ts'
import type { Preflights } from './preflights.ts'
import { principalColumns } from './principal-columns.ts'
import type { PrincipalResolver, RequestedPrincipal } from './principal-resolver.ts'
import type { ServersWithPassword } from './mail-servers.ts'
import { closingTrial, type ServerAccounts } from './server-accounts.ts'
import { toSignal } from './states.ts'
import type { AccountAccess } from '../transports/index.ts'

export interface AssociateInput extends RequestedPrincipal {
  name: string
  /** At most five letters and digits; case is preserved. Absent: a free one, by the address. */
  key?: string | undefined
  address: string
  kind: 'user' | 'shared'
  contact: string
  /** Days of mail to import; default 30. */
  importDays?: number | undefined
  /** Imported conversations without mail of the last days arrive closed and read; default 2. `null`: all arrive open. */
  closesOlderThanDays?: number | null | undefined
  /** Remote ids of the folders to read; default Inbox and Sent Items. */
  folderRemoteIds?: readonly string[] | undefined
  /** Mail servers with a password, instead of a cloud provider. */
  withPassword?: ServersWithPassword | undefined
  unattended?: UnattendedAssociation | undefined
}

/** Data of a mailbox before it becomes an email account. */
export type WantedAccount = Pick<AssociateInput, 'address' | 'kind' | 'grantId' | 'applicationOf' | 'withPassword'>

/** Import windows to compare. */
export interface WantedImport {
  days: readonly number[]
  /** Default: Inbox and Sent Items. */
  folderRemoteIds?: readonly string[] | undefined
  /** Ends counting. */
  signal?: AbortSignal | undefined
}

interface AssociationDeps
  extends
    Pick<EmailAccountsDeps, 'database' | 'clock' | 'events' | 'transports' | 'audit' | 'syncStates'>,
    Pick<AccountChanges, 'get'> {
  lifecycle: Lifecycle
  folders: Folders
  preflights: Preflights
  resolver: PrincipalResolver
  serverAccounts: ServerAccounts
}

const IMPORT_DAYS = 30
/** Tries of a free key, which an account with a chosen key takes meanwhile. */
const MOST_KEYS_TRIED = 5

/** Creates an email account for a mailbox. */
export function createAssociation(deps: AssociationDeps) {
  const { database, clock, transports, audit, lifecycle, folders, preflights, serverAccounts } = deps

  async function accessOf(input: WantedAccount): Promise<AccountAccess> {
    const { address, kind, withPassword } = input
    if (withPassword) return serverAccounts.accessOf(address, kind, withPassword)
    return { address, kind, ...(await deps.resolver.resolve(input)) }
  }

  async function preflight(input: WantedAccount): Promise<Preflight> {
    return preflights.run(await accessOf(input))
  }

  async function foldersFor(input: WantedAccount): Promise<RemoteFolder[]> {
    const access = await accessOf(input)
    return closingTrial(access, await transports.open(access), ({ reading }) => reading.listFolders())
  }

  async function importPreview({
    days,
    folderRemoteIds,
    signal,
    ...input
  }: WantedAccount & WantedImport): Promise<ImportPreview> {
    const access = await accessOf(input)
    const wanted = { clock, days, folderRemoteIds, signal }
    return closingTrial(access, await transports.open(access), ({ reading }) => previewImport(reading, wanted))
  }

  async function associate(input: AssociateInput, actor: string): Promise<EmailAccount> {
    const { unattended } = input
    const chosenKey = input.key === undefined ? undefined : keyFrom(input.key)
    const access = await accessOf(input)
    // Network requests before the transaction, so no row lock waits for Microsoft.
    if (input.withPassword) await serverAccounts.tryOut(access)
    const checked = await preflights.run(access)
    if (unattended) refuseUnread(checked)
    const error = preflights.troubleOf(checked)
    const chosen = input.folderRemoteIds
    const remote = chosen && !error ? await foldersFor(input) : undefined
    // Mail servers with a password report no aliases.
    const readAliases = unattended ? aliasesForCertain : aliasesTold
    const reportedAliases = error || input.withPassword ? undefined : await readAliases(await transports.open(access))
    const id = newId<EmailAccountId>()
    const { closesOlderThanDays = CLOSES_OLDER_THAN_DAYS } = input

    const add = () =>
      database.creation(async (tx) => {
        if (unattended || chosenKey === undefined) await holdNewAccounts(tx)
        if (unattended) await refuseConnected(tx, [input.address, ...(reportedAliases ?? [])])
        const key = chosenKey ?? (await findFreeKey(tx, input.address, await unattended?.reservedKeys(tx)))
        await tx
          .insertInto('email_accounts')
          .values({
            id,
            key,
            name: input.name,
            address: input.address,
            ...(reportedAliases && { aliases: storedAliases([], reportedAliases, input.address) }),
            kind: input.kind,
            contact: input.contact,
            cloud_provider_id: access.cloudProviderId ?? null,
            servers: input.withPassword ? JSON.stringify(input.withPassword.servers) : null,
            ...principalColumns(access.principal),
            receives_by: input.withPassword ? 'imap' : 'graph',
            sends_by: input.withPassword ? 'smtp' : 'graph',
            import_from: importFrom(clock, input.importDays ?? IMPORT_DAYS),
            import_closes_before: importClosesBefore(clock, closesOlderThanDays),
            state: 'connecting',
            state_since: clock.now(),
            preflight: JSON.stringify(checked),
            created_at: clock.now(),
          })
          .execute()
        await deps.syncStates.addAccount(tx, id)
        if (input.withPassword) await serverAccounts.keep(tx, id, input.withPassword)
        if (remote && chosen) await folders.choose(tx, id, remote, chosen)
        await deps.events.append(tx, {
          kind: 'email_account.associated',
          emailAccountId: id,
          subjectId: id,
          payload: { by: actor },
          at: clock.now(),
        })
        if (error) await lifecycle.move(tx, id, toSignal(error), { code: error.code })
        await audit.record(tx, { actor, action: 'email_account.associated', subject: id, detail: { key } })
        await unattended?.within(tx, id)
        await database.notify(tx, 'sync', id)
      })
    for (let tried = 1; ; tried++) {
      try {
        await uniquely(add)
        break
      } catch (thrown) {
        const isTaken = thrown instanceof AppError && thrown.code === 'email_accounts.key_taken'
        if (!isTaken || chosenKey !== undefined || tried === MOST_KEYS_TRIED) throw thrown
      }
    }
    return deps.get(id)
  }

  return { preflight, foldersFor, importPreview, associate }
}
