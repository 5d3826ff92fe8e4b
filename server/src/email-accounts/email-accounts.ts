import type { Tx } from '../database/index.ts'
import type { AppError } from '../kernel/errors.ts'
import type { CloudProviderId, EmailAccountId, GrantId, IdentityId } from '../kernel/ids.ts'
import type { Secret } from '../kernel/secret.ts'
import type { RemoteFolder } from '../mail/index.ts'
import type { MailTransport, MailServers } from '../transports/index.ts'
import { createAliases } from './aliases.ts'
import { type AutomaticReplyInput } from './automatic-reply.ts'
import { createIdentities, type Identity, type IdentityInput } from './identities.ts'
import { type AccountFilter, createAccountChanges } from './account-changes.ts'
import { createAssociation, type AssociateInput, type WantedAccount, type WantedImport } from './association.ts'
import { createCapabilityChecks } from './capability-checks.ts'
import type { EmailAccountsDeps } from './deps.ts'
import type { EmailAccount, Preflight, SyncedFolder } from './email-account.ts'
import { createFolderChoices, type FolderChoice } from './folder-choices.ts'
import { createFolders } from './folders.ts'
import type { ImportPreview } from './import-previews.ts'
import { createRemoval, type RemovalHook } from './removal.ts'
import { createLifecycle } from './lifecycle.ts'
import { createPreflights } from './preflights.ts'
import { createPrincipalResolver } from './principal-resolver.ts'
import type { RemovalCounts } from './removal-counts.ts'
import { createServerAccounts } from './server-accounts.ts'
import { createSendProtocol } from './send-protocol.ts'
import { refuseSilent, type StateSignal } from './states.ts'
import { createAccountUpdate, type UpdateInput } from './account-update.ts'
import { createAutomaticReplies } from './automatic-replies.ts'

export interface EmailAccounts {
  /** Checks the requirements of a new email account without storing anything. */
  preflight(input: WantedAccount): Promise<Preflight>
  /** Folders that can be read, before the account exists. */
  foldersFor(input: WantedAccount): Promise<RemoteFolder[]>
  /**
   * Counts the mail that each import window would bring, before the account exists.
   *
   * @throws AppError `email_accounts.preview_stopped` after `signal`, and after a minute
   */
  importPreview(input: WantedAccount & WantedImport): Promise<ImportPreview>
  /**
   * Creates the email account even when checks fail; its state shows the missing requirement. The import starts at
   * once.
   */
  associate(input: AssociateInput, actor: string): Promise<EmailAccount>

  get(id: EmailAccountId): Promise<EmailAccount>
  /** Returns the account as seen by a transaction. */
  getIn(tx: Tx, id: EmailAccountId): Promise<EmailAccount>
  /** Returns the ids of accounts by their keys, which are in upper case. One query. */
  idsOfKeys(keys: readonly string[]): Promise<ReadonlyMap<string, EmailAccountId>>
  /** Accounts ordered by name. */
  list(filter?: AccountFilter): Promise<EmailAccount[]>
  update(id: EmailAccountId, input: UpdateInput, actor: string): Promise<EmailAccount>
  /** Repeats the capability checks and stores their results. The result of a test mail remains. */
  checkAgain(id: EmailAccountId): Promise<EmailAccount>
  /** Stores the result of a test mail to the mailbox itself, which checks Send As. */
  recordSendTest(id: EmailAccountId, error: AppError | undefined): Promise<void>
  /** Sends a mail from the mailbox to itself and stores the result. A refusal is a failed check, not an error. */
  sendTest(id: EmailAccountId, actor: string): Promise<EmailAccount>

  pause(id: EmailAccountId, actor: string): Promise<EmailAccount>
  resume(id: EmailAccountId, actor: string): Promise<EmailAccount>
  /** Stops receiving and sending, and keeps the stored mail. `resume` starts both again. */
  disconnect(id: EmailAccountId, actor: string): Promise<EmailAccount>
  /** Counts of the data that {@link remove} would delete. Mail in the mailbox itself is never deleted. */
  whatRemovalTakes(id: EmailAccountId): Promise<RemovalCounts>
  /** Removes the account with its stored mail. Refused while mail is queued, so that accepted mail is never lost. */
  remove(id: EmailAccountId, actor: string): Promise<RemovalCounts>
  /**
   * Makes accounts due at once that a faulty registration had stopped, after Microsoft accepts the registration again.
   */
  providerRecovered(tx: Tx, cloudProviderId: CloudProviderId): Promise<void>
  /** Makes the accounts of a renewed grant due at once, and repeats their failed checks. Part of the renewal's `tx`. */
  grantRenewed(tx: Tx, grantId: GrantId): Promise<void>
  /** Repeats the capability checks that are due after a sign-in, of all accounts or those of one grant. */
  checkDue(grantId?: GrantId): Promise<void>

  /**
   * Imports no mail received before a time, because retention deletes it. The time only grows. A running sync
   * is ended, so that it can't store such mail.
   */
  ignoreMailBefore(tx: Tx, id: EmailAccountId, before: Date): Promise<void>

  folders(id: EmailAccountId): Promise<SyncedFolder[]>
  folderChoices(id: EmailAccountId): Promise<FolderChoice[]>
  chooseFolders(id: EmailAccountId, folderRemoteIds: readonly string[], actor: string): Promise<void>
  /**
   * Progress of the import. `aboutTotal` counts all messages of the folders, including those too old to be imported.
   */
  importProgress(id: EmailAccountId): Promise<{ imported: number; aboutTotal: number; done: boolean }>

  /** Opens the mailbox. Throws for a paused or disconnected account, which sends nothing either. */
  transportOf(account: EmailAccount): Promise<MailTransport>
  /** True if the sign-in of the mailbox permits to send by the protocol. No network request. */
  canSendBy(account: EmailAccount, protocol: EmailAccount['sendsBy']): Promise<boolean>
  /**
   * Switches to sending by Graph, if allowed, because SMTP is disabled for the mailbox. Audited. Returns false when
   * nothing was changed.
   */
  sendByGraphInstead(id: EmailAccountId, why: AppError): Promise<boolean>
  /** Changes the servers or the password of a mailbox with a password. They are checked before anything is stored. */
  changeServers(
    id: EmailAccountId,
    wanted: { servers?: MailServers | undefined; password?: Secret | undefined },
    actor: string,
  ): Promise<EmailAccount>
  /** Sender names of a mailbox, the first identity first. There is always at least one. */
  identities(account: EmailAccount, tx?: Tx): Promise<Identity[]>
  createIdentity(
    id: EmailAccountId,
    input: IdentityInput & { name: string; address: string },
    actor: string,
  ): Promise<Identity>
  updateIdentity(id: EmailAccountId, identityId: IdentityId, input: IdentityInput, actor: string): Promise<Identity>
  removeIdentity(id: EmailAccountId, identityId: IdentityId, actor: string): Promise<void>
  /** Sets the automatic reply to mail of external senders. */
  setAutomaticReply(id: EmailAccountId, input: AutomaticReplyInput, actor: string): Promise<EmailAccount>
  /** Reads the aliases of the mailbox from the server. */
  readAliases(id: EmailAccountId, actor: string): Promise<EmailAccount>
  addAlias(id: EmailAccountId, address: string, actor: string): Promise<EmailAccount>
  /** Sends a mail from an alias to the mailbox, and stores the result. */
  tryAlias(id: EmailAccountId, address: string, actor: string): Promise<EmailAccount>
  removeAlias(id: EmailAccountId, address: string, actor: string): Promise<EmailAccount>
  /** Updates stored folders with new folders and new names of the server. */
  takeOverFolders(tx: Tx, id: EmailAccountId, remote: readonly RemoteFolder[]): Promise<void>
  forgetFolder(tx: Tx, folder: SyncedFolder): Promise<void>
  /** Reports a folder that the server lists but refuses to open, until {@link EmailAccounts.acceptFolder}. */
  refuseFolder(tx: Tx, folder: SyncedFolder): Promise<void>
  acceptFolder(tx: Tx, folder: SyncedFolder): Promise<void>
  /** Continues to read a folder that was renamed on the server. */
  followFolder(tx: Tx, folder: SyncedFolder, renamed: RemoteFolder): Promise<void>
  /** Registers a hook that is called with an open transport before an account is disconnected or removed. */
  onLeave(hook: RemovalHook): void
  /**
   * Registers a hook for the transaction that records that Microsoft has ended the sign-in of an account. If `hook`
   * returns true, the account continues and does not need a sign-in.
   */
  onSignInLost(hook: (tx: Tx, id: EmailAccountId) => Promise<boolean>): void

  /**
   * Applies a signal to the state of the account. A signal that is invalid in its current state changes nothing, so
   * that a late failure does not wake a paused account. Returns the resulting state.
   */
  signal(tx: Tx, id: EmailAccountId, signal: StateSignal, options?: SignalReport): Promise<EmailAccount['state']>
}

interface SignalReport {
  error?: AppError
  nextTryAt?: Date
}

export function createEmailAccounts(deps: EmailAccountsDeps): EmailAccounts {
  const lifecycle = createLifecycle(deps)
  const folders = createFolders(deps)
  const preflights = createPreflights(deps)
  const changes = createAccountChanges({ ...deps, lifecycle })
  const serverAccounts = createServerAccounts({ ...deps, ...changes, lifecycle })
  const resolver = createPrincipalResolver(deps)
  const parts = { ...deps, ...changes, lifecycle, folders, preflights, serverAccounts, resolver }
  const checks = createCapabilityChecks(parts)
  const { update } = createAccountUpdate(parts)
  const { sendByGraphInstead } = createSendProtocol(parts)

  const lostHooks: ((tx: Tx, id: EmailAccountId) => Promise<boolean>)[] = []

  async function signal(tx: Tx, id: EmailAccountId, signal: StateSignal, options: SignalReport = {}) {
    const { error, nextTryAt } = options
    if (signal === 'failed-sign-in' && error?.entry.changesGrant) {
      for (const hook of lostHooks) if (await hook(tx, id)) return 'connecting'
    }
    return lifecycle.move(tx, id, signal, { code: error?.code, nextTryAt, upstream: error?.upstream })
  }

  async function transportOf(account: EmailAccount): Promise<MailTransport> {
    refuseSilent(account)
    return deps.transports.open(account)
  }

  return {
    get: changes.get,
    getIn: changes.getIn,
    idsOfKeys: changes.idsOfKeys,
    list: changes.list,
    update,
    ...createAssociation(parts),
    ...checks,
    ...createRemoval(parts),
    ...createFolderChoices(parts),
    folders: folders.list,
    chooseFolders: async (id, folderRemoteIds, actor) => {
      await update(id, { folderRemoteIds }, actor)
    },
    transportOf,
    canSendBy: (account, protocol) => deps.transports.canSendBy(account, protocol),
    sendByGraphInstead,
    ...createIdentities(parts),
    ...createAliases(parts),
    ...createAutomaticReplies(parts),
    changeServers: serverAccounts.changeServers,
    takeOverFolders: folders.takeOver,
    forgetFolder: folders.forget,
    followFolder: folders.follow,
    refuseFolder: folders.refuse,
    acceptFolder: folders.acceptAgain,
    onSignInLost: (hook) => void lostHooks.push(hook),
    signal,
  }
}
