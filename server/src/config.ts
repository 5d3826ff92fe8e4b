/** Configuration of the server, read only from environment variables. */
import { readFileSync, statSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { parseRecipients, type BackupSchedule } from './backup/index.ts'
import { BACKUP_VARIABLES, overdueOf, scheduleOf } from './backup-settings.ts'
import type { CheckedVariable } from './cli/index.ts'
import { cloudsFileFault, keyFileFault, logFileFault, logRightsFault, stateFileFault } from './file-faults.ts'
import { AppError } from './kernel/errors.ts'
import { Secret } from './kernel/secret.ts'
import { trustedProxiesFault } from './trusted-proxies.ts'

export interface Config {
  databaseUrl: Secret
  publicUrl: URL
  host: string
  port: number
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
  /** Maximum time without a successful read of a mailbox, in milliseconds. */
  silentAfterMs: number
  imapCompression: boolean
  retentionDays: number
  /** Backups that the server makes; `undefined` if it makes none. */
  backups: BackupSchedule | undefined
  /** Age of the last backup at which an incident opens, in milliseconds; by default that of the schedule. */
  backupOverdueMs: number | undefined
  /** Time between the request to end and its execution, in which the server answers while `/readyz` is 503. */
  drainMs: number
  logLevel: string
  /** Log file that rotates; `undefined` if the log goes to standard output. */
  logFile: string | undefined
}

export interface Variable {
  name: string
  /** Description for the admin who sets it. */
  sentence: string
  default?: string
  /** Value in `.env.example`, if there is no default. Never one that would be harmful in use, such as a key. */
  example?: string
  /** Fault of a value, to be appended to the variable's name; `undefined` when the value is valid. */
  fault: (value: string, env: Environment, readSecret?: ReadSecret) => string | undefined
}

/** Content of a secret file; `undefined` if it can't be read. */
type ReadSecret = (path: string) => string | undefined

export type Environment = Readonly<Record<string, string | undefined>>

const MAX_SECRET_BYTES = 64 * 1024
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

export const VARIABLES = [
  {
    name: 'DATABASE_URL',
    sentence: 'PostgreSQL 15 or newer: postgresql://user:password@host:5432/database. Postkey owns that database.',
    example: 'postgresql://postkey:password@localhost:5432/postkey',
    fault: (value) => (isDatabaseUrl(value) ? undefined : 'must begin with postgresql://'),
  },
  {
    name: 'DATABASE_URL_FILE',
    sentence: 'File with one line, DATABASE_URL, such as a secret of a container. Only one of the two is set.',
    example: '/run/secrets/database-url',
    fault: databaseUrlFileFault,
  },
  {
    name: 'PUBLIC_URL',
    sentence:
      'Public address of Postkey. Redirect URIs in Entra ID and links in mail begin with it, so choose it once.',
    example: 'https://mail.example.com',
    fault: publicUrlFault,
  },
  {
    name: 'HOST',
    sentence: 'The address to listen on. Behind a proxy on the same machine, localhost is right.',
    default: 'localhost',
    fault: (value) => (isHost(value) ? undefined : 'must be an address or a name'),
  },
  {
    name: 'PORT',
    sentence: 'The port to listen on.',
    default: '8400',
    fault: (value) => (isPort(value) ? undefined : 'must be a port from 1 to 65535'),
  },
  {
    name: 'METRICS_PORT',
    sentence:
      'Port that serves GET /metrics, and nothing else, without an API key, which only monitoring must reach. Without it, metrics need a key on PORT.',
    example: '9400',
    fault: (value, { PORT }) =>
      !isPort(value)
        ? 'must be a port from 1 to 65535'
        : Number(value) === Number(PORT)
          ? 'is the same as PORT, where metrics need a key'
          : undefined,
  },
  {
    name: 'METRICS_HOST',
    sentence: 'The address to listen on for METRICS_PORT.',
    default: 'localhost',
    fault: (value) => (isHost(value) ? undefined : 'must be an address or a name'),
  },
  {
    name: 'TRUSTED_PROXIES',
    sentence:
      'Proxies whose X-Forwarded-For is trusted: addresses or networks such as 10.0.0.0/8, separated by commas, or loopback for this machine. Without it, everyone behind a proxy counts as one client.',
    example: 'loopback',
    fault: (value) => trustedProxiesFault(listOf(value)),
  },
  {
    name: 'POSTKEY_KEY_FILE',
    sentence:
      'Key file for the encryption of secrets and tokens. Keep it apart from database backups, so that a backup alone reveals nothing. Created at the first start.',
    example: '/etc/postkey/keys',
    fault: keyFileFault,
  },
  {
    name: 'POSTKEY_KEY',
    sentence:
      'Content of the key file, for machines that keep secrets in the environment: "id base64", separated by commas.',
    fault: (value, env) =>
      env.POSTKEY_KEY_FILE
        ? 'is set together with POSTKEY_KEY_FILE, and only one of them can be right'
        : value.split(',').every((line) => /^\s*[\w-]{1,40} [A-Za-z0-9+/]{43}=\s*$/.test(line))
          ? undefined
          : 'must be entries "id base64" of 32 bytes each, with commas between them',
  },
  {
    name: 'POSTKEY_STATE_FILE',
    sentence:
      'State file that distinguishes a restored database from a continuing one, so that mail is not sent twice. On a disk that survives an upgrade, outside the data folder and every backup; one per host. Default: next to POSTKEY_KEY_FILE; with POSTKEY_KEY there is none unless this is set.',
    example: '/var/lib/postkey/state',
    fault: stateFileFault,
  },
  {
    name: 'POSTKEY_CLOUDS_FILE',
    sentence: 'JSON file with additional Microsoft clouds, such as a sandbox.',
    example: '/etc/postkey/clouds.json',
    fault: cloudsFileFault,
  },
  {
    name: 'POSTKEY_ALERT_HOSTS',
    sentence:
      'Mail relays and webhooks for alerts in a private network or on this machine: host:port, separated by commas. All others need public addresses.',
    example: 'relay.example.com:25',
    fault: (value) =>
      listOf(value).every((entry) => /^[\w.-]+:\d{1,5}$/.test(entry))
        ? undefined
        : 'must be host:port, with commas between',
  },
  {
    name: 'POSTKEY_MAIL_HOSTS',
    sentence:
      'Mail servers for mailboxes with a password in a private network or on this machine: host:port, separated by commas. All others need public addresses and TLS.',
    example: 'mail.example.com:993,mail.example.com:587',
    fault: (value) =>
      listOf(value).every((entry) => /^[\w.-]+:\d{1,5}$/.test(entry))
        ? undefined
        : 'must be host:port, with commas between',
  },
  {
    name: 'POSTKEY_SILENT_AFTER_MINUTES',
    sentence:
      'Minutes without proof that a mailbox was read after which an incident opens, even without an error: 10 to 1440. A healthy mailbox is read at least every five minutes.',
    default: '15',
    fault: (value) =>
      /^\d{1,4}$/.test(value) && Number(value) >= 10 && Number(value) <= 1440
        ? undefined
        : 'must be a whole number from 10 to 1440',
  },
  {
    name: 'POSTKEY_IMAP_COMPRESSION',
    sentence:
      'IMAP compression if the server supports it: on or off. It saves bandwidth and needs fifteen times the CPU time.',
    default: 'off',
    fault: (value) => (value === 'on' || value === 'off' ? undefined : 'must be on or off'),
  },
  {
    name: 'POSTKEY_RETENTION_DAYS',
    sentence:
      'Default age in full days of UTC at which events, read records, and alerts without an open incident are deleted: 30 to 3650. Settings can set another one for events and alerts.',
    default: '90',
    fault: (value) =>
      /^\d{1,4}$/.test(value) && Number(value) >= 30 && Number(value) <= 3650
        ? undefined
        : 'must be a whole number from 30 to 3650',
  },
  ...BACKUP_VARIABLES,
  {
    name: 'POSTKEY_DRAIN_SECONDS',
    sentence:
      'Seconds after SIGTERM in which /readyz is 503 and everything else is answered as before: 0 to 60. For load balancers that check the health of several servers, longer than their interval. The supervisor must wait that much longer before it kills.',
    default: '0',
    fault: (value) =>
      /^\d{1,2}$/.test(value) && Number(value) <= 60 ? undefined : 'must be a whole number from 0 to 60',
  },
  {
    name: 'LOG_LEVEL',
    sentence: `Log level: ${LOG_LEVELS.join(', ')}.`,
    default: 'info',
    fault: (value) => (LOG_LEVELS.includes(value) ? undefined : `must be one of ${LOG_LEVELS.join(', ')}`),
  },
  {
    name: 'LOG_FILE',
    sentence:
      'Log file, instead of standard output, one per server: rotated at 10 MB, with the last four kept beside it as .1 to .4.',
    example: '/var/log/postkey/postkey.log',
    fault: logFileFault,
  },
] as const satisfies readonly Variable[]

type VariableName = (typeof VARIABLES)[number]['name']

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
    silentAfterMs: Number(set.POSTKEY_SILENT_AFTER_MINUTES) * 60_000,
    imapCompression: set.POSTKEY_IMAP_COMPRESSION === 'on',
    retentionDays: Number(set.POSTKEY_RETENTION_DAYS),
    backups: scheduleOf(set),
    backupOverdueMs: overdueOf(set),
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

/** Entra ID accepts https, and http only for `localhost` (not for 127.0.0.1). */
function publicUrlFault(value: string): string | undefined {
  const url = URL.parse(value)
  if (!url || !['http:', 'https:'].includes(url.protocol)) return 'must be an address such as https://mail.example.com'
  if (url.username || url.password || url.search || url.hash || url.pathname !== '/') {
    return 'must end after the host and port'
  }
  if (url.protocol === 'http:' && url.hostname !== 'localhost') {
    return 'must begin with https://, as Entra ID takes http:// for localhost only'
  }
  return undefined
}

function databaseUrlFileFault(value: string, env: Environment, readSecret = readSecretFile): string | undefined {
  if (!isAbsolute(value)) return 'must be an absolute path'
  if (env.DATABASE_URL) return 'is set together with DATABASE_URL, and only one of them can be right'
  const content = readSecret(value)
  if (content === undefined) return 'names a file that cannot be read'
  if (/[\r\n]/.test(content)) return 'names a file with more than one line'
  return isDatabaseUrl(content) ? undefined : 'names a file whose content does not begin with postgresql://'
}

/** Reads each file once, so that the content that is checked is also the one that is used. */
function createSecretReader(): ReadSecret {
  const contents = new Map<string, string | undefined>()
  return (path) => {
    if (!contents.has(path)) contents.set(path, readSecretFile(path))
    return contents.get(path)
  }
}

/** Content of a small file without the line end that editors add; `undefined` if it can't be read. */
function readSecretFile(path: string): string | undefined {
  try {
    const stats = statSync(path)
    return stats.isFile() && stats.size <= MAX_SECRET_BYTES ? readFileSync(path, 'utf8').trim() : undefined
  } catch {
    return undefined
  }
}

function listOf(value: string): string[] {
  return value.split(',').map((entry) => entry.trim())
}

function isDatabaseUrl(value: string): boolean {
  return /^postgres(ql)?:\/\/./.test(value)
}

function isHost(value: string): boolean {
  return /^[\w.:-]+$/.test(value)
}

function isPort(value: string): boolean {
  return /^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535
}
