import type { Database, Tx } from '../database/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { AppError } from '../kernel/errors.ts'
import type { CloudProviderId, EmailAccountId, GrantId } from '../kernel/ids.ts'
import type { RemoteFolder } from '../mail/index.ts'
import type { MailTransport } from '../transports/index.ts'
import type { EmailAccount, Preflight, SyncedFolder } from './email-account.ts'
import type { StateSignal } from './states.ts'
import type { Transports } from './transports.ts'

export interface AssociateInput {
  name: string
  /** At most five letters and digits; upper case is kept. */
  key: string
  address: string
  kind: 'user' | 'shared'
  contact: string
  /** Who opens the mailbox: for a shared one, a delegate. The cloud provider is that of the grant. */
  grantId: GrantId
  /** How far back to import; 30 days when absent. */
  importDays?: number | undefined
  /** Remote ids of the folders to read; Inbox and Sent Items when absent. */
  folderRemoteIds?: readonly string[] | undefined
}

export type UpdateInput = Partial<
  Pick<AssociateInput, 'name' | 'key' | 'contact' | 'grantId' | 'importDays' | 'folderRemoteIds'>
>

/** A folder on the server and whether we read it. */
export interface FolderChoice extends RemoteFolder {
  synced: boolean
}

/** What goes with an email account that is removed. */
export interface MailCounts {
  conversations: number
  messages: number
  notes: number
  drafts: number
}

export interface EmailAccountsDeps {
  database: Database
  clock: Clock
  events: Events
  transports: Transports
  /** Of which cloud provider a grant is; throws when there is no such grant. */
  cloudProviderOf(grantId: GrantId): Promise<CloudProviderId>
  /** `Conversations.countsOf`. */
  countsOf(id: EmailAccountId): Promise<MailCounts>
}

export interface EmailAccounts {
  /** Tries what a new email account would need, and keeps nothing. */
  preflight(input: Pick<AssociateInput, 'address' | 'kind' | 'grantId'>): Promise<Preflight>
  /** The folders that could be read, before the account exists. */
  foldersFor(input: Pick<AssociateInput, 'address' | 'kind' | 'grantId'>): Promise<RemoteFolder[]>
  /** Makes the email account, whatever the preflight says: its state tells what is missing. Import begins at once. */
  associate(input: AssociateInput, actor: string): Promise<EmailAccount>

  get(id: EmailAccountId): Promise<EmailAccount>
  list(filter?: { emailAccountIds?: readonly EmailAccountId[] | 'all' }): Promise<EmailAccount[]>
  update(id: EmailAccountId, input: UpdateInput, actor: string): Promise<EmailAccount>
  /** Tries again and keeps the lights. What a test mail showed stays. */
  checkAgain(id: EmailAccountId): Promise<EmailAccount>
  /** What the test mail to the mailbox itself showed about Send As. */
  recordSendTest(id: EmailAccountId, error: AppError | undefined): Promise<void>

  pause(id: EmailAccountId, actor: string): Promise<EmailAccount>
  resume(id: EmailAccountId, actor: string): Promise<EmailAccount>
  /** Ends the reading and sending and keeps the mail that is here. `resume` takes it up again. */
  disconnect(id: EmailAccountId, actor: string): Promise<EmailAccount>
  /** What {@link remove} would take away. Nothing in the mailbox itself is ever deleted. */
  whatRemovalTakes(id: EmailAccountId): Promise<MailCounts>
  remove(id: EmailAccountId, actor: string): Promise<MailCounts>
  /** Somebody signed in again: the accounts of that grant are tried at once. */
  grantRenewed(grantId: GrantId): Promise<void>

  folders(id: EmailAccountId): Promise<SyncedFolder[]>
  folderChoices(id: EmailAccountId): Promise<FolderChoice[]>
  chooseFolders(id: EmailAccountId, folderRemoteIds: readonly string[], actor: string): Promise<void>
  /** How far the import is: `aboutTotal` is what the folders hold, more than what is young enough to be imported. */
  importProgress(id: EmailAccountId): Promise<{ imported: number; aboutTotal: number; done: boolean }>

  transportOf(account: EmailAccount): Promise<MailTransport>

  /**
   * Tells the account how it went. A signal that its state does not know changes nothing, so a late failure does not
   * wake a paused account. Answers the state after it.
   */
  signal(
    tx: Tx,
    id: EmailAccountId,
    signal: StateSignal,
    options?: { error?: AppError; nextTryAt?: Date },
  ): Promise<EmailAccount['state']>
}

export declare function createEmailAccounts(deps: EmailAccountsDeps): EmailAccounts
