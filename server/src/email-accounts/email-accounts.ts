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
import { createAssociation, type AssociateInput, type WantedAccount } from './association.ts'
import { createCapabilityChecks } from './capability-checks.ts'
import type { EmailAccountsDeps } from './deps.ts'
import type { EmailAccount, Preflight, SyncedFolder } from './email-account.ts'
import { createFolderChoices, type FolderChoice } from './folder-choices.ts'
import { createFolders } from './folders.ts'
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
  /** Tries what a new email account would need, and keeps nothing. */
  preflight(input: WantedAccount): Promise<Preflight>
  /** The folders that could be read, before the account exists. */
  foldersFor(input: WantedAccount): Promise<RemoteFolder[]>
  /** Makes the email account, whatever the preflight says: its state tells what is missing. Import begins at once. */
  associate(input: AssociateInput, actor: string): Promise<EmailAccount>

  get(id: EmailAccountId): Promise<EmailAccount>
  /** As it is in a transaction. */
  getIn(tx: Tx, id: EmailAccountId): Promise<EmailAccount>
  /** Ordered by name. */
  list(filter?: AccountFilter): Promise<EmailAccount[]>
  update(id: EmailAccountId, input: UpdateInput, actor: string): Promise<EmailAccount>
  /** Tries again and keeps the lights. What a test mail showed stays. */
  checkAgain(id: EmailAccountId): Promise<EmailAccount>
  /** What the test mail to the mailbox itself showed about Send As. */
  recordSendTest(id: EmailAccountId, error: AppError | undefined): Promise<void>
  /** Sends a mail from the mailbox to itself and keeps what that showed; a refusal is a light and no error. */
  sendTest(id: EmailAccountId, actor: string): Promise<EmailAccount>

  pause(id: EmailAccountId, actor: string): Promise<EmailAccount>
  resume(id: EmailAccountId, actor: string): Promise<EmailAccount>
  /** Ends the reading and sending and keeps the mail that is here. `resume` takes it up again. */
  disconnect(id: EmailAccountId, actor: string): Promise<EmailAccount>
  /** What {@link remove} would take away. Nothing in the mailbox itself is ever deleted. */
  whatRemovalTakes(id: EmailAccountId): Promise<RemovalCounts>
  /** Refused while mail waits to be sent: what was accepted does not vanish. */
  remove(id: EmailAccountId, actor: string): Promise<RemovalCounts>
  /** The registration is accepted again: accounts that stood still because of it are tried at once. */
  providerRecovered(tx: Tx, cloudProviderId: CloudProviderId): Promise<void>
  /** The accounts of a renewed grant are tried at once, and their failed checks become due. Part of the renewal's `tx`. */
  grantRenewed(tx: Tx, grantId: GrantId): Promise<void>
  /** Repeats the capability checks that are due after a sign-in. */
  checkDue(): Promise<void>

  folders(id: EmailAccountId): Promise<SyncedFolder[]>
  folderChoices(id: EmailAccountId): Promise<FolderChoice[]>
  chooseFolders(id: EmailAccountId, folderRemoteIds: readonly string[], actor: string): Promise<void>
  /** How far the import is: `aboutTotal` is what the folders hold, more than what is young enough to be imported. */
  importProgress(id: EmailAccountId): Promise<{ imported: number; aboutTotal: number; done: boolean }>

  /** Opens the mailbox. Throws for one that is paused or disconnected: nothing goes out of it either. */
  transportOf(account: EmailAccount): Promise<MailTransport>
  /**
   * Sends by Graph from now on, where that is allowed, because the way by SMTP is closed for the mailbox. Audited; false
   * when nothing was changed.
   */
  sendByGraphInstead(id: EmailAccountId, why: AppError): Promise<boolean>
  /**
   * Of a mailbox that is opened with a password: other servers, another password, or both. Tried before anything is
   * kept.
   */
  changeServers(
    id: EmailAccountId,
    wanted: { servers?: MailServers | undefined; password?: Secret | undefined },
    actor: string,
  ): Promise<EmailAccount>
  /** The names in which a mailbox sends, the first one first. There is always one. */
  identities(account: EmailAccount, tx?: Tx): Promise<Identity[]>
  createIdentity(
    id: EmailAccountId,
    input: IdentityInput & { name: string; address: string },
    actor: string,
  ): Promise<Identity>
  updateIdentity(id: EmailAccountId, identityId: IdentityId, input: IdentityInput, actor: string): Promise<Identity>
  removeIdentity(id: EmailAccountId, identityId: IdentityId, actor: string): Promise<void>
  /** With which mail of others it answers by itself. */
  setAutomaticReply(id: EmailAccountId, input: AutomaticReplyInput, actor: string): Promise<EmailAccount>
  /** Asks the server which addresses the mailbox has. */
  readAliases(id: EmailAccountId, actor: string): Promise<EmailAccount>
  addAlias(id: EmailAccountId, address: string, actor: string): Promise<EmailAccount>
  /** Sends a mail from it to the mailbox, and keeps what that showed. */
  tryAlias(id: EmailAccountId, address: string, actor: string): Promise<EmailAccount>
  removeAlias(id: EmailAccountId, address: string, actor: string): Promise<EmailAccount>
  /** Takes over new folders and new names from the server. */
  takeOverFolders(tx: Tx, id: EmailAccountId, remote: readonly RemoteFolder[]): Promise<void>
  forgetFolder(tx: Tx, folder: SyncedFolder): Promise<void>
  /** Reports a folder that the server lists and refuses, until {@link EmailAccounts.acceptFolder}. */
  refuseFolder(tx: Tx, folder: SyncedFolder): Promise<void>
  acceptFolder(tx: Tx, folder: SyncedFolder): Promise<void>
  /** Keeps reading a folder that has another name on the server. */
  followFolder(tx: Tx, folder: SyncedFolder, renamed: RemoteFolder): Promise<void>
  /** Called, with a transport that still works, before an account is disconnected or removed. */
  onLeave(hook: RemovalHook): void
  /**
   * Called in the transaction in which Microsoft is found to have ended the sign-in that opens an account. When `hook`
   * says that the account goes on, it does not come to need a sign-in.
   */
  onSignInLost(hook: (tx: Tx, id: EmailAccountId) => Promise<boolean>): void

  /**
   * Tells the account how it went. A signal that its state does not know changes nothing, so a late failure does not
   * wake a paused account. Answers the state after it.
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
