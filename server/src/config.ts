/** Configuration of the server, read only from environment variables. */
import { isAbsolute, resolve } from 'node:path'
import type { SyslogReceiver } from './audit/index.ts'
import { receiverOf } from './audit-settings.ts'
import { parseRecipients, type BackupSchedule } from './backup/index.ts'
import { overdueOf, scheduleOf } from './backup-settings.ts'
import type { CheckedVariable } from './cli/index.ts'
import { logFileFault, logRightsFault } from './file-faults.ts'
import { AppError } from './kernel/errors.ts'
import { Secret } from './kernel/secret.ts'
import {
  listOf,
  readSecretFile,
  VARIABLES,
  type Environment,
  type ReadSecret,
  type Variable,
  type VariableName,
} from './variables.ts'

export interface Config {
  databaseUrl: Secret
  publicUrl: URL
  host: string
  port: number
  /** Contact for reports of vulnerabilities, as a URI. */
  securityContact: string | undefined
  /** Origins whose browsers may use the API with a key. */
  corsOrigins: readonly string[]
  /** Listener for metrics without an API key; `undefined` if there is none. */
  metrics: { host: string; port: number } | undefined
  /** Proxies whose information about the client's address is trusted. */
  trustedProxies: string[]
  keys: { file: string } | { text: Secret }
  /** File with the highest activity seen in the database; `undefined` if no place for it is configured. */
  stateFile: string | undefined
  cloudsFile: string | undefined
  /** `host:port` of mail relays and webhooks in the private network. */
  alertHosts: string[]
  /** `host:port` of mail servers in the private network. */
  mailHosts: string[]
  /** `host:port` of sign-in providers in the private network. */
  signInHosts: string[]
  /** Maximum time without a successful read of a mailbox, in milliseconds. */
  silentAfterMs: number
  imapCompression: boolean
  retentionDays: number
  /** Backups that the server makes; `undefined` if it makes none. */
  backups: BackupSchedule | undefined
  /** Age of the last backup at which an incident opens, in milliseconds; by default that of the schedule. */
  backupOverdueMs: number | undefined
  /** File that entries of the audit list are appended to; `undefined` without one. */
  auditFile: string | undefined
  auditSyslog: SyslogReceiver | undefined
  /** Time between the request to end and its execution, in which the server answers while `/readyz` is 503. */
  drainMs: number
  logLevel: string
  /** Log file that rotates; `undefined` if the log goes to standard output. */
  logFile: string | undefined
}

/** Variables without which no server starts; one of each row is sufficient. */
const REQUIRED: readonly (readonly [VariableName, ...VariableName[]])[] = [
  ['DATABASE_URL', 'DATABASE_URL_FILE'],
  ['PUBLIC_URL'],
  ['POSTKEY_KEY_FILE', 'POSTKEY_KEY'],
]

/** Read by `npm start`, `npm run postkey` and `postkey start`, which keep all data in that folder. */
const OF_START: readonly string[] = ['POSTKEY_DATA', 'POSTKEY_POSTGRES_BIN']

/**
 * Reads the configuration from `env`.
 *
 * @throws {AppError} `config.faulty`, whose cause lists every fault, so that an admin can correct all at once
 */
export function readConfig(env: Environment): Config {
  const set = withDefaults(env)
  const readSecret = createSecretReader()
  const faults = findFaults(env, set, { readSecret })
  if (faults.length > 0) throw faulty(faults)
  return {
    databaseUrl: databaseUrlOf(set, readSecret),
    publicUrl: new URL(set.PUBLIC_URL!),
    host: set.HOST!,
    port: Number(set.PORT),
    securityContact: set.SECURITY_CONTACT,
    corsOrigins: set.CORS_ORIGINS === undefined ? [] : listOf(set.CORS_ORIGINS),
    metrics: set.METRICS_PORT === undefined ? undefined : { host: set.METRICS_HOST!, port: Number(set.METRICS_PORT) },
    trustedProxies: set.TRUSTED_PROXIES === undefined ? [] : listOf(set.TRUSTED_PROXIES),
    keys:
      set.POSTKEY_KEY_FILE === undefined
        ? { text: new Secret(set.POSTKEY_KEY!.replaceAll(/\s*,\s*/g, '\n').trim()) }
        : { file: resolve(set.POSTKEY_KEY_FILE) },
    stateFile: stateFileOf(set),
    cloudsFile: set.POSTKEY_CLOUDS_FILE,
    alertHosts: set.POSTKEY_ALERT_HOSTS === undefined ? [] : listOf(set.POSTKEY_ALERT_HOSTS.toLowerCase()),
    mailHosts: set.POSTKEY_MAIL_HOSTS === undefined ? [] : listOf(set.POSTKEY_MAIL_HOSTS.toLowerCase()),
    signInHosts: set.POSTKEY_SIGN_IN_HOSTS === undefined ? [] : listOf(set.POSTKEY_SIGN_IN_HOSTS.toLowerCase()),
    silentAfterMs: Number(set.POSTKEY_SILENT_AFTER_MINUTES) * 60_000,
    imapCompression: set.POSTKEY_IMAP_COMPRESSION === 'on',
    retentionDays: Number(set.POSTKEY_RETENTION_DAYS),
    backups: scheduleOf(set),
    backupOverdueMs: overdueOf(set),
    auditFile: set.POSTKEY_AUDIT_FILE,
    auditSyslog: receiverOf(set),
    drainMs: Number(set.POSTKEY_DRAIN_SECONDS) * 1_000,
    logLevel: set.LOG_LEVEL!,
    logFile: set.LOG_FILE,
  }
}

/** A variable that is missing, unknown or has a wrong value. It never contains the value. */
interface ConfigFault {
  name: string
  /** To be appended to the name. */
  fault: string
  fix: string
}

/**
 * Examines each variable of `env`.
 *
 * @param options `isStart` for `npm start`, which requires none of them; `isTrial` for `postkey start`, which requires a key
 */
export function examineConfig(
  env: Environment,
  { isStart, isTrial = false }: { isStart: boolean; isTrial?: boolean },
): CheckedVariable[] {
  const set = withDefaults(env)
  const required = isStart ? [] : isTrial ? REQUIRED.filter(([name]) => name === 'POSTKEY_KEY_FILE') : REQUIRED
  const faults = new Map(findFaults(env, set, { required }).map((each) => [each.name, each]))
  const variables: readonly Variable[] = VARIABLES
  const unknownOnes = [...faults.keys()].filter((name) => variables.every((variable) => variable.name !== name))
  return [...variables, ...unknownOnes.map((name): Pick<Variable, 'name' | 'default'> => ({ name }))].map(
    ({ name, default: otherwise }) => {
      const { fault, fix } = faults.get(name) ?? {}
      const present = env[name]?.trim() ? 'set' : otherwise === undefined ? 'unset' : 'default'
      return { name, state: fault === undefined ? present : 'wrong', default: otherwise, fault, fix }
    },
  )
}

function findFaults(
  env: Environment,
  set: Partial<Record<VariableName, string>>,
  { required = REQUIRED, readSecret = createSecretReader() } = {},
) {
  const wrongOnes = wrong({ POSTKEY_DATA: env.POSTKEY_DATA, ...set }, readSecret)
  return [...missing(set, required), ...unknown(env), ...wrongOnes]
}

/** Returns true if `env` names a database. Otherwise `npm start` and `postkey start` use an embedded PostgreSQL. */
export function hasDatabase(env: Environment): boolean {
  const { DATABASE_URL, DATABASE_URL_FILE } = withDefaults(env)
  return DATABASE_URL !== undefined || DATABASE_URL_FILE !== undefined
}

/**
 * Reads `DATABASE_URL` or `DATABASE_URL_FILE` alone, for a command that needs nothing else.
 *
 * @throws {AppError} `config.faulty`
 */
export function readDatabaseUrl(env: Environment): Secret {
  const { DATABASE_URL, DATABASE_URL_FILE } = withDefaults(env)
  const set = {
    ...(DATABASE_URL !== undefined && { DATABASE_URL }),
    ...(DATABASE_URL_FILE !== undefined && { DATABASE_URL_FILE }),
  }
  const readSecret = createSecretReader()
  const ownFaults = [...missing(set), ...wrong(set, readSecret)].filter(({ name }) => name.startsWith('DATABASE_URL'))
  if (ownFaults.length > 0) throw faulty(ownFaults)
  return databaseUrlOf(set, readSecret)
}

/**
 * Reads the public keys of backups alone, for a command that needs nothing else.
 *
 * @throws {AppError} `config.faulty`
 */
export function readBackupRecipients(env: Environment): string[] {
  const { POSTKEY_BACKUP_RECIPIENTS } = withDefaults(env)
  if (POSTKEY_BACKUP_RECIPIENTS === undefined) return []
  const faults = wrong({ POSTKEY_BACKUP_RECIPIENTS }, createSecretReader())
  if (faults.length > 0) throw faulty(faults)
  return parseRecipients(POSTKEY_BACKUP_RECIPIENTS)
}

/**
 * Reads the folder of an embedded PostgreSQL.
 *
 * @throws {AppError} `config.faulty`
 */
export function readDataFolder({ POSTKEY_DATA }: Environment): string {
  const folder = POSTKEY_DATA?.trim()
  if (folder && isAbsolute(folder)) return folder
  const fix = 'Name the folder for all data of a trial, or set DATABASE_URL.'
  throw faulty([{ name: 'POSTKEY_DATA', fault: folder ? 'must be an absolute path' : 'is missing', fix }])
}

/** Log file of the server, read before other settings; `undefined` if it is not set or has a fault. */
export function readLogFile(env: Environment): string | undefined {
  const set = withDefaults(env)
  return set.LOG_FILE === undefined || logFileFault(set.LOG_FILE, set) !== undefined ? undefined : set.LOG_FILE
}

/**
 * Refuses a log file that this process can't write or rotate.
 *
 * @throws {AppError} `config.faulty`
 */
export function refuseClosedLog(path: string): void {
  const fault = logRightsFault(path)
  if (fault !== undefined) throw faulty([{ name: 'LOG_FILE', fault, fix: sentence('LOG_FILE') }])
}

/** Address of a database in valid settings. */
function databaseUrlOf(
  { DATABASE_URL, DATABASE_URL_FILE }: Partial<Record<VariableName, string>>,
  readSecret: ReadSecret,
): Secret {
  return new Secret(DATABASE_URL ?? readSecret(DATABASE_URL_FILE!)!)
}

function faulty(faults: readonly ConfigFault[]): AppError {
  const lines = faults.map(({ name, fault, fix }) => `${name} ${fault}. ${fix}`)
  const detail = faults.map(({ name }) => name).join(', ')
  return new AppError('config.faulty', { detail, cause: new Error(lines.join('\n')) })
}

/** Path next to the key file: both outlive the database, and neither belongs in its backup. */
function stateFileOf(set: Partial<Record<VariableName, string>>): string | undefined {
  if (set.POSTKEY_STATE_FILE !== undefined) return resolve(set.POSTKEY_STATE_FILE)
  return set.POSTKEY_KEY_FILE === undefined ? undefined : `${resolve(set.POSTKEY_KEY_FILE)}.state`
}

/** Treats empty variables as unset, because many tools write them so. */
function withDefaults(env: Environment): Partial<Record<VariableName, string>> {
  const variables: readonly Variable[] = VARIABLES
  return Object.fromEntries(
    variables.flatMap(({ name, default: otherwise }) => {
      const value = env[name]?.trim() || otherwise
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

function missing(set: Partial<Record<VariableName, string>>, required = REQUIRED): ConfigFault[] {
  return required
    .filter((names) => names.every((name) => set[name] === undefined))
    .map(([name]) => ({
      name,
      fault: 'is missing',
      fix: sentence(name),
    }))
}

/** Unknown variables with Postkey's prefix. They are typing errors: the intended setting would have no effect. */
function unknown(env: Environment): ConfigFault[] {
  const known: readonly string[] = VARIABLES.map(({ name }) => name)
  return Object.keys(env)
    .filter((name) => name.startsWith('POSTKEY_') && !name.startsWith('POSTKEY_TEST_'))
    .filter((name) => !known.includes(name) && !OF_START.includes(name))
    .map((name) => ({ name, fault: 'is not a variable of Postkey', fix: `There are: ${known.join(', ')}.` }))
}

function wrong(set: Environment, readSecret: ReadSecret): ConfigFault[] {
  const variables: readonly Variable[] = VARIABLES
  return variables.flatMap(({ name, fault }) => {
    const value = set[name]
    const found = value === undefined ? undefined : fault(value, set, readSecret)
    return found === undefined ? [] : [{ name, fault: found, fix: sentence(name) }]
  })
}

function sentence(name: string): string {
  return VARIABLES.find((variable) => variable.name === name)?.sentence ?? ''
}

/** Reads each file once, so that the content that is checked is also the one that is used. */
function createSecretReader(): ReadSecret {
  const contents = new Map<string, string | undefined>()
  return (path) => {
    if (!contents.has(path)) contents.set(path, readSecretFile(path))
    return contents.get(path)
  }
}
