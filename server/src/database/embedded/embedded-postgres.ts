import { spawn, type ChildProcess } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { escapeIdentifier } from 'pg'
import { AppError } from '../../kernel/errors.ts'
import { connectClient } from '../clients.ts'
import { closedFolder, userFor, type SystemUser } from './account.ts'
import { findInstalled, installBinaries, type Binaries } from './binaries.ts'
import { lockFolder } from './folder-lock.ts'
import { keepRunning, type KeepRunningOptions } from './keep-running.ts'
import {
  clearLeftLock,
  findOriginal,
  findPostmaster,
  killPostgres,
  findRunningOriginal,
  stopPostmaster,
  untilReady,
  untilReadyAnywhere,
} from './postmaster.ts'

export interface EmbeddedPostgres {
  /**
   * Connection URL for `createDatabase`: over a Unix socket, with a password that only this process's user can read.
   */
  url: string
  /** Such as 18.4. */
  version: string
  /** True when it was already running, left by a killed process of ours. */
  adopted: boolean
  /** The folder of which the data is a copy, made while PostgreSQL ran; known until `acknowledgeCopy`. */
  copyOf: string | undefined
  /** Forgets that the data is a copy, after mail in it is held. */
  acknowledgeCopy(): void
  /** Restarts PostgreSQL from now on when it ends unexpectedly, a few times in a row. */
  keepRunning(options: KeepRunningOptions): void
  stop(): Promise<void>
}

export interface EmbeddedOptions {
  /** Folder used by this installation only. Contains PostgreSQL itself, its data, its log and its password. */
  dataFolder: string
  /** `false` for tests: committed data may be lost after a power failure. */
  durable?: boolean
  /** Folder of `postgres` and `initdb` of an installed PostgreSQL, instead of the built-in one. */
  binFolder?: string | undefined
}

const NAME = 'postkey'
const START_LIMIT_MS = 10 * 60_000
const LOG_LIMIT_BYTES = 10_000_000
/** A Unix socket address has at most 108 bytes on Linux, and `/.s.PGSQL.5432` is appended to the folder. */
const LONGEST_SOCKET_FOLDER = 100 - '/.s.PGSQL.5432'.length

/**
 * Starts PostgreSQL on `dataFolder`, or adopts the one that already runs there. The first start creates the data. It
 * accepts no network connections. When started by root, PostgreSQL runs as an unprivileged user who owns the data.
 *
 * PostgreSQL isn't a child that ends with this process: Ctrl-C in a terminal reaches all children at once, and the
 * server still has to save. A killed process leaves PostgreSQL running, and the next start adopts it.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const dataFolder = resolve(options.dataFolder)
  // Other users can pass through to their own files and can't list the rest of the folder.
  if (mkdirSync(dataFolder, { recursive: true }) !== undefined) chmodSync(dataFolder, 0o711)
  refuseCopy(dataFolder)
  const unlock = await lockFolder(dataFolder)
  if (!unlock) throw new AppError('database.folder_in_use', { cause: new Error(dataFolder) })

  try {
    const place = preparePlace(dataFolder)
    const binaries = options.binFolder ? findInstalled(options.binFolder) : installBinaries(dataFolder)
    if (!existsSync(place.data)) await createData(place, binaries, options.durable ?? true)
    refuseOtherVersion(place.data, binaries.major)

    const copyOf = noteCopy(place)
    const adopted = await adopt(place)
    const socketFolder = adopted ?? (await start(place, binaries.bin, options.durable ?? true))
    const url = await createDatabaseOnce(socketFolder, place.password)
    const startAgain = () => start(place, binaries.bin, options.durable ?? true)
    let letEnd: (() => Promise<void>) | undefined
    return {
      url,
      version: binaries.version,
      adopted: adopted !== undefined,
      copyOf,
      acknowledgeCopy: () => rmSync(copyNote(place), { force: true }),
      keepRunning(keeping) {
        letEnd ??= keepRunning({ isRunning: () => findPostmaster(place.data) !== undefined, startAgain }, keeping)
      },
      async stop() {
        await letEnd?.()
        await stopPostmaster(place.data)
        unlock()
      },
    }
  } catch (error) {
    unlock()
    throw error
  }
}

interface Place {
  /** Folder owned by the user that runs PostgreSQL and closed to other users. */
  folder: string
  data: string
  log: string
  password: string
  user: SystemUser | undefined
}

function preparePlace(dataFolder: string): Place {
  const folder = join(dataFolder, 'postgres')
  const user = userFor(folder)
  const closed = user && closedFolder(dataFolder, user)
  if (closed) throw new AppError('database.folder_closed', { cause: new Error(`${user.name} may not enter ${closed}`) })
  makeOwn(folder, user)
  const data = join(folder, 'data')
  refuseWrongOwner(data, user)
  return {
    folder,
    data,
    log: join(dataFolder, 'postgres.log'),
    password: passwordIn(dataFolder),
    user,
  }
}

/**
 * Refuses data of another owner. A copied folder may belong to the user who copied it, and PostgreSQL starts on its own
 * data only.
 */
function refuseWrongOwner(data: string, user: SystemUser | undefined): void {
  const owner = statSync(data, { throwIfNoEntry: false })?.uid
  const wanted = user?.uid ?? process.getuid?.()
  if (owner === undefined || owner === wanted) return
  const cause = new Error(
    `${data} belongs to user ${owner}, and PostgreSQL runs as ${user?.name ?? `user ${wanted}`}. ` +
      `To correct it: chown -R ${user?.name ?? wanted} '${dirname(data)}'`,
  )
  throw new AppError('database.folder_owner', { cause })
}

/**
 * Refuses a data folder that was copied while its PostgreSQL ran, as long as the original runs. Such a copy is
 * incomplete, and its ports and sandbox are those of the original.
 *
 * @throws {AppError} `database.folder_copied`
 */
export function refuseCopy(dataFolder: string): void {
  const original = findRunningOriginal(join(resolve(dataFolder), 'postgres/data'))
  if (original === undefined) return
  throw new AppError('database.folder_copied', {
    cause: new Error(`${resolve(dataFolder)} is a copy of ${dirname(dirname(original))}, which is running`),
  })
}

/**
 * Keeps the original's folder in a file, because the start removes the evidence: a command may start the copy before a
 * server does.
 */
function noteCopy(place: Place): string | undefined {
  const file = copyNote(place)
  const original = findOriginal(place.data)
  if (original !== undefined) writeFileSync(file, dirname(dirname(original)), { mode: 0o600 })
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

function copyNote({ folder }: Pick<Place, 'folder'>): string {
  return join(folder, 'copied-from')
}

/** Kills the PostgreSQL of `dataFolder` without waiting, for when there is no time left. */
export function killEmbeddedPostgres(dataFolder: string): void {
  killPostgres(join(resolve(dataFolder), 'postgres/data'))
}

function makeOwn(folder: string, user: SystemUser | undefined): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  if (user) chownSync(folder, user.uid, user.gid)
}

function passwordIn(dataFolder: string): string {
  const file = join(dataFolder, 'postgres-password')
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 })
  return readFileSync(file, 'utf8')
}

/**
 * Creates the data under a new temporary name first. A folder called `data` is therefore complete, even when this
 * process is killed meanwhile and its child still writes.
 */
async function createData(
  { folder, data, log, password, user }: Place,
  { bin, major }: Binaries,
  durable: boolean,
): Promise<void> {
  for (const left of readdirSync(folder)) {
    if (left.startsWith('unfinished-')) rmSync(join(folder, left), { recursive: true, force: true })
  }
  const unfinished = mkdtempSync(join(folder, 'unfinished-'))
  const passwordFile = join(unfinished, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (user) for (const path of [passwordFile, unfinished]) chownSync(path, user.uid, user.gid)

  const command = [
    ...['--pgdata', join(unfinished, 'data'), '--username', NAME, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
    // The same sort order and messages on every machine, regardless of installed locales.
    ...['--encoding', 'UTF8', ...localeOf(Number(major))],
    ...(durable ? [] : ['--no-sync']),
  ]
  const child = run(join(bin, 'initdb'), command, folder, log, user)
  const code = await new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(startFailed(log, cause)))
    child.once('exit', resolve)
  })
  if (code !== 0) throw startFailed(log)
  renameSync(join(unfinished, 'data'), data)
  rmSync(unfinished, { recursive: true })
}

/** PostgreSQL 17 introduced its own locales; before, the system has one with the same order. */
function localeOf(major: number): string[] {
  return major >= 17
    ? ['--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8']
    : ['--locale', 'C.UTF-8', '--locale-provider', 'libc']
}

function refuseOtherVersion(data: string, major: string): void {
  const found = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim()
  if (found === major) return
  throw new AppError('database.other_version', {
    cause: new Error(`The data is of ${found}, PostgreSQL here is ${major}`),
  })
}

/** Returns the socket folder of the PostgreSQL that runs here, once it is ready; `undefined` when none runs. */
async function adopt({ data }: Pick<Place, 'data'>): Promise<string | undefined> {
  if (!findPostmaster(data)) return undefined
  const ready = await untilReady(data, () => findPostmaster(data) === undefined)
  return ready?.socketFolder
}

async function start(place: Place, bin: string, durable: boolean): Promise<string> {
  // If PostgreSQL is running after all, keep its socket: without it, PostgreSQL would be unreachable and no second one
  // could start.
  const running = await adopt(place)
  if (running !== undefined) return running
  const socketFolder = socketFolderOf(place)
  refuseStranger(socketFolder, place.user)
  // A socket has a lock file like that of the data, which may be left over in the same way.
  await clearLeftLock(place.data, socketFolder)
  rmSync(socketFolder, { recursive: true, force: true })
  makeOwn(socketFolder, place.user)
  if ((statSync(place.log, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT_BYTES) {
    renameSync(place.log, `${place.log}.old`)
  }
  const settings = {
    listen_addresses: '',
    unix_socket_directories: socketFolder,
    unix_socket_permissions: '0700',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] ',
    // Keeps statements out of the log: they may contain text that users wrote.
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
    // The first change of a page after a checkpoint writes the whole page to the WAL: most of the WAL of an idle server.
    checkpoint_timeout: '15min',
    // Those pages shrink to a quarter, also on disk and in backups of the WAL (docs/decisions/0030).
    wal_compression: 'pglz',
    // Our statements are short: compiling or parallelizing one takes longer than running it.
    jit: 'off',
    max_parallel_workers_per_gather: '0',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }
  const command = ['-D', place.data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]

  if (!(await startOnce(place, join(bin, 'postgres'), command))) throw startFailed(place.log)
  return socketFolder
}

async function startOnce({ data, log, user }: Place, program: string, command: string[]): Promise<boolean> {
  const child = run(program, command, data, log, user)
  child.unref()
  let ended = false
  let failure: Error | undefined
  child.once('error', (cause) => (failure = cause))
  child.once('exit', () => (ended = true))
  const limit = AbortSignal.timeout(START_LIMIT_MS)
  const ready = await untilReady(data, () => ended || failure !== undefined || limit.aborted)
  if (failure) throw startFailed(log, failure)
  return ready !== undefined
}

function run(program: string, command: string[], cwd: string, log: string, user: SystemUser | undefined): ChildProcess {
  const output = openSync(log, 'a', 0o600)
  try {
    const child = spawn(program, command, {
      cwd,
      detached: true,
      stdio: ['ignore', output, output],
      env: { PATH: process.env.PATH ?? '', LC_ALL: 'C' },
      ...(user && { uid: user.uid, gid: user.gid }),
    })
    return child.on('error', () => undefined)
  } finally {
    closeSync(output)
  }
}

/** Returns the data folder when its path is short enough for a socket address, else a folder with a short path. */
function socketFolderOf({ folder }: Pick<Place, 'folder'>): string {
  const near = join(folder, 'socket')
  if (Buffer.byteLength(near) <= LONGEST_SOCKET_FOLDER) return near
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16)
  const short = join(tmpdir(), `postkey-${name}`)
  return Buffer.byteLength(short) <= LONGEST_SOCKET_FOLDER ? short : `/tmp/postkey-${name}`
}

/** Refuses a folder of another owner: in a world-writable parent, another user may have created it first. */
function refuseStranger(folder: string, user: SystemUser | undefined): void {
  const stats = lstatSync(folder, { throwIfNoEntry: false })
  if (!stats) return
  const uid = user?.uid ?? process.getuid?.()
  if (stats.isDirectory() && (uid === undefined || stats.uid === uid)) return
  throw new AppError('database.start_failed', { cause: new Error(`${folder} belongs to somebody else`) })
}

/**
 * Returns the URL of the PostgreSQL that runs on `dataFolder`, for a second process beside its owner, also in another
 * container with the same volume; `undefined` when none runs.
 */
export async function runningEmbeddedPostgres(dataFolder: string): Promise<string | undefined> {
  const folder = join(dataFolder, 'postgres')
  const data = join(folder, 'data')
  const socketFolder =
    (await adopt({ data })) ?? (await untilReadyAnywhere(data, socketFolderOf({ folder })))?.socketFolder
  return socketFolder === undefined ? undefined : urlOf(socketFolder, passwordIn(dataFolder), NAME)
}

function urlOf(socketFolder: string, password: string, database: string): string {
  return `postgresql://${NAME}:${encodeURIComponent(password)}@/${database}?host=${encodeURIComponent(socketFolder)}`
}

async function createDatabaseOnce(socketFolder: string, password: string): Promise<string> {
  const client = await connectClient(urlOf(socketFolder, password, 'postgres'))
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [NAME])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${escapeIdentifier(NAME)}`)
  } finally {
    await client.end()
  }
  return urlOf(socketFolder, password, NAME)
}

function startFailed(log: string, cause?: Error): AppError {
  return new AppError('database.start_failed', { cause: new Error(`${log}:\n${lastLines(log)}`, { cause }) })
}

function lastLines(file: string, count = 10): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n') : ''
}
