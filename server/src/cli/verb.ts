import type { ZodType } from 'zod'
import type { AccountBatchesRoom } from '../account-batches/index.ts'
import type { AuditForwarding } from '../audit/index.ts'
import type { BackupWatch } from '../backup/index.ts'
import type { CloudProviders, KeyRotation } from '../cloud-providers/index.ts'
import type { SearchIndex } from '../conversations/index.ts'
import type { Database } from '../database/index.ts'
import type { Doctor } from '../doctor/index.ts'
import type { EmailAccounts } from '../email-accounts/index.ts'
import type { Incidents } from '../incidents/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Secret } from '../kernel/secret.ts'
import type { PeopleRoom } from '../people/index.ts'
import type { Retention } from '../retention/index.ts'
import type { Servers } from '../servers/index.ts'
import type { Sync } from '../sync/index.ts'
import type { Grants } from '../tokens/index.ts'

/** Interfaces of rooms that verbs use. */
export interface CliRooms {
  clock: Clock
  publicUrl: URL
  people: PeopleRoom
  cloudProviders: CloudProviders
  grants: Grants
  emailAccounts: EmailAccounts
  accountBatches: AccountBatchesRoom['accountBatches']
  sync: Pick<Sync, 'lookedAt'>
  doctor: Doctor
  keyRotation: KeyRotation
  database: Pick<Database, 'db'>
  incidents: Pick<Incidents, 'list' | 'openCounts'>
  servers: Pick<Servers, 'list'>
  searchIndex: Pick<SearchIndex, 'figures'>
  backups: Pick<BackupWatch, 'status'>
  auditForwarding: Pick<AuditForwarding, 'status'>
  retention: Pick<Retention, 'sizes' | 'erasures'>
}

export interface CliOpenOptions {
  /** Id of a key that is lost permanently. Without it, an installation whose key is missing cannot be opened. */
  giveUpKey?: string
}

export interface OpenedInstallation {
  rooms: CliRooms
  close: () => Promise<void>
}

/** Database of an installation, without its keys and rooms. */
export interface FoundDatabase {
  url: Secret
  /** Stops a PostgreSQL that was started for the command. */
  leave: () => Promise<void>
}

export interface FindDatabaseOptions {
  /** Creates the data folder of `npm start` if it is missing. */
  create?: boolean
}

/** Actor of the audit list. */
export const ACTOR = 'cli'

/** Exit codes of the command line. */
export const EXIT = {
  fine: 0,
  /** The verb succeeded and found a problem. */
  foundTrouble: 1,
  usage: 2,
  /** The verb failed. */
  failed: 3,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** A variable of the environment, without its value, which can be a secret. */
export interface CheckedVariable {
  name: string
  state: 'set' | 'default' | 'unset' | 'wrong'
  default: string | undefined
  fault: string | undefined
  fix: string | undefined
}

/** Examines the environment of the process; `isStart` for `npm start`. */
export type ExamineConfig = (options: { isStart: boolean }) => readonly CheckedVariable[]

export interface VerbCall {
  /** Arguments after the verb, without options. */
  operands: readonly string[]
  options: Readonly<Record<string, string | boolean | undefined>>
  /** Prints only JSON, for programs. */
  json: boolean
  /** Opens database, keys and rooms; they are closed after the verb. */
  open: (options?: CliOpenOptions) => Promise<CliRooms>
  /** Finds the database; it is left after the verb. Works without the key file. */
  findDatabase: (options?: FindDatabaseOptions) => Promise<Secret>
  /** Returns a signal that is aborted by Ctrl-C. Before the call, Ctrl-C ends the process at once. */
  stopSignal: () => AbortSignal
  clock: Clock
  /** All verbs, for help and completions. */
  verbs: readonly Verb[]
  program: Program
  examineConfig: ExamineConfig
  /** Log file of the server; `undefined` if its log goes to standard output. */
  findLogFile: () => string | undefined
  /** Public keys of age to which the environment has backups encrypted. */
  backupRecipients: () => readonly string[]
  /** Prints the result to standard output. */
  print: (text: string) => void
  /** Prints a remark for people to standard error, so that the result alone can be piped. Silent with `--json`. */
  note: (text: string) => void
}

export interface Operand {
  /** Name in the usage, in capitals. */
  name: string
  isOptional?: true
  /** All valid values, if they are known. */
  choices?: readonly string[]
}

export interface VerbOption {
  type: 'boolean' | 'string'
  /** Name of the value in the usage, in capitals; for strings. */
  value?: string
  sentence: string
}

/** Program of which the command line is a part. */
export interface Program {
  /** Words before the verb. */
  command: string
  /** The sentence that names the installation. */
  installation: string
  /** Verbs of this program alone, listed first. */
  verbs?: readonly Verb[]
}

/** A command. Help, completions and `docs/admin/command-line.md` are made from it. */
export interface Verb {
  /** One or two words: `status`, `user list`. */
  name: string
  /** Description of the verb in one sentence. */
  sentence: string
  /** One line each, for the help of the verb. */
  details?: readonly string[]
  operands?: readonly Operand[]
  options?: Readonly<Record<string, VerbOption>>
  /** JSON that the verb prints with `--json`; a verb without it refuses the option. */
  shape?: ZodType
  /** The verb prints a secret once: it fails if the output is not read. */
  printsSecret?: true
  run: (call: VerbCall) => Promise<ExitCode>
}
