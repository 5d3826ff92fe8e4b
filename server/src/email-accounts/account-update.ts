import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import type { MailTransport } from '../transports/index.ts'
import type { AccountChanges } from './account-changes.ts'
import { keyFrom } from './account-keys.ts'
import type { AssociateInput } from './association.ts'
import type { EmailAccountsDeps } from './deps.ts'
import type { EmailAccount } from './email-account.ts'
import type { Folders } from './folders.ts'
import { importClosesBefore, importFrom } from './import-from.ts'
import { CHOSEN } from './protocol-reasons.ts'

export type UpdateInput = Partial<
  Pick<AssociateInput, 'name' | 'key' | 'contact' | 'importDays' | 'closesOlderThanDays' | 'folderRemoteIds'> &
    Pick<
      EmailAccount,
      'receivesBy' | 'sendsBy' | 'watchesJunk' | 'joinsBySubject' | 'writesPlainText' | 'assignsSender'
    > & {
      /** `null` trusts no server. */
      trustedAuthServId: string | null
      /** `null`: the folder is found by its special use or its name. */
      sentFolderRemoteId: string | null
      /** `null`: that of the author. */
      timeZone: string | null
    }
>

interface AccountUpdateDeps
  extends Pick<EmailAccountsDeps, 'clock' | 'transports'>, Pick<AccountChanges, 'get' | 'change' | 'interrupt'> {
  folders: Folders
}

/** Changes of an email account by an admin. For changes of the principal see `principals.ts`. */
export function createAccountUpdate(deps: AccountUpdateDeps) {
  const { clock, transports, folders, get, change, interrupt } = deps

  async function update(id: EmailAccountId, input: UpdateInput, actor: string): Promise<EmailAccount> {
    const before = await get(id)
    const { name, contact, importDays, folderRemoteIds, watchesJunk, joinsBySubject, trustedAuthServId } = input
    const { writesPlainText, timeZone, assignsSender, closesOlderThanDays } = input
    if (trustedAuthServId && !before.servers) {
      throw new AppError('email_accounts.senders_checked_by_microsoft', { field: 'trustedAuthServId' })
    }
    const { sentFolderRemoteId } = input
    if (sentFolderRemoteId && (input.receivesBy ?? before.receivesBy) !== 'imap') {
      throw new AppError('email_accounts.sent_folder_known', { field: 'sentFolderRemoteId' })
    }
    const key = input.key === undefined ? undefined : keyFrom(input.key)
    const receivesBy = input.receivesBy === before.receivesBy ? undefined : input.receivesBy
    const sendsBy = input.sendsBy === before.sendsBy ? undefined : input.sendsBy
    if (before.principal.kind === 'password' && (receivesBy ?? sendsBy)) {
      throw new AppError('email_accounts.protocol_needs_person')
    }
    // Network requests run before the transaction. A protocol with which the mailbox does not open is refused with the
    // reason.
    const access = { ...before, ...(receivesBy && { receivesBy }), ...(sendsBy && { sendsBy }) }
    const opened =
      folderRemoteIds || receivesBy || sendsBy || sentFolderRemoteId !== undefined
        ? await transports.open({
            ...access,
            ...(sentFolderRemoteId !== undefined && { sentFolderRemoteId: sentFolderRemoteId ?? undefined }),
          })
        : undefined
    const isListed = folderRemoteIds !== undefined || receivesBy !== undefined || sentFolderRemoteId !== undefined
    const remote = isListed ? await opened?.reading.listFolders() : undefined
    if (sentFolderRemoteId) await checkSentFolder(access, sentFolderRemoteId)
    if (sendsBy && opened) await tryToSend(opened, before)

    const chosen = {
      ...(watchesJunk !== undefined && { watchesJunk }),
      ...(joinsBySubject !== undefined && { joinsBySubject }),
      ...(assignsSender !== undefined && { assignsSender }),
      ...(trustedAuthServId !== undefined && { trustedAuthServId }),
      ...(writesPlainText !== undefined && { writesPlainText }),
      ...(timeZone !== undefined && { timeZone }),
      ...(closesOlderThanDays !== undefined && { closesOlderThanDays }),
    }
    await change(
      id,
      {
        actor,
        action: 'email_account.changed',
        detail: {
          changed: Object.keys(input),
          ...chosen,
          ...(receivesBy && { receivesBy }),
          ...(sendsBy && { sendsBy }),
        },
      },
      async (tx, account) => {
        const values = { ...(name && { name }), ...(key && { key }), ...(contact && { contact }) }
        const set = {
          ...values,
          ...(importDays && { import_from: importFrom(clock, importDays) }),
          ...(watchesJunk !== undefined && { watches_junk: watchesJunk }),
          ...(joinsBySubject !== undefined && { joins_by_subject: joinsBySubject }),
          ...(assignsSender !== undefined && { assigns_sender: assignsSender }),
          ...(trustedAuthServId !== undefined && { trusted_auth_serv_id: trustedAuthServId }),
          ...(sentFolderRemoteId !== undefined && { sent_folder: sentFolderRemoteId }),
          ...(writesPlainText !== undefined && { writes_plain_text: writesPlainText }),
          ...(timeZone !== undefined && { time_zone: timeZone }),
          ...(closesOlderThanDays !== undefined && {
            import_closes_before: importClosesBefore(clock, closesOlderThanDays),
          }),
        }
        if (Object.keys(set).length > 0) {
          await tx.updateTable('email_accounts').set(set).where('id', '=', id).execute()
        }
        if (importDays && importFrom(clock, importDays) < account.importFrom) await folders.readAgain(tx, id)
        if (remote && receivesBy) {
          const set = { receives_by: receivesBy, receives_by_reason: CHOSEN }
          await tx.updateTable('email_accounts').set(set).where('id', '=', id).execute()
          await folders.crossOver(tx, id, remote)
        }
        if (sendsBy) {
          const set = { sends_by: sendsBy, sends_by_reason: CHOSEN }
          await tx.updateTable('email_accounts').set(set).where('id', '=', id).execute()
        }
        if (remote && folderRemoteIds) await folders.choose(tx, id, remote, folderRemoteIds)
        else if (remote && sentFolderRemoteId !== undefined) await folders.takeOver(tx, id, remote)
        if (importDays || remote || closesOlderThanDays !== undefined) await interrupt(tx, id)
      },
    )
    return get(id)
  }

  /**
   * Checks the folder for sent mail. Every message in it counts as outgoing, so a folder with another role would turn
   * received mail into sent mail. The list ignores the current choice, because a choice replaces the role of its
   * folder.
   */
  async function checkSentFolder(access: EmailAccount, remoteId: string): Promise<void> {
    const { reading } = await transports.open({ ...access, sentFolderRemoteId: undefined })
    const folder = (await reading.listFolders()).find((each) => each.remoteId === remoteId)
    if (!folder) throw new AppError('email_accounts.no_such_folder', { field: 'sentFolderRemoteId' })
    if (folder.role === undefined || folder.role === 'sent') return
    throw new AppError('email_accounts.sent_folder_has_role', {
      field: 'sentFolderRemoteId',
      detail: `a folder for sent mail or one without a role, not ${folder.role} (${folder.path.join('/')})`,
    })
  }

  /** Checks sending without leaving a trace: the login, and with Graph also the permission to send. */
  async function tryToSend({ sending }: MailTransport, account: EmailAccount): Promise<void> {
    if (sending.by === 'message') return sending.tryOut()
    if (!(await transports.canSendBy(account, 'graph'))) throw new AppError('tokens.scope_not_granted')
  }

  return { update }
}
