/** Faults of settings that name files, as texts to be appended to the name of the variable. */
import { accessSync, constants, realpathSync, statSync, type Stats } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** Variables with files that the log must not overwrite. */
const OTHER_FILES = [
  'POSTKEY_KEY_FILE',
  'POSTKEY_STATE_FILE',
  'POSTKEY_CLOUDS_FILE',
  'DATABASE_URL_FILE',
  'POSTKEY_AUDIT_FILE',
]
const ROTATED = ['', '.1', '.2', '.3', '.4']

/** Stats of a path, which are absent if nothing is there, or the fault of a path that this process can't reach. */
export function examinePath(path: string): { stats?: Stats | undefined; fault?: string } {
  try {
    return { stats: statSync(path, { throwIfNoEntry: false }) }
  } catch (error) {
    return { fault: `cannot be reached by the user of this process (${codeOf(error)})` }
  }
}

export function keyFileFault(value: string, env: Environment): string | undefined {
  if (!isAbsolute(value)) return 'must be an absolute path'
  if (env.POSTKEY_DATA && isInside(value, env.POSTKEY_DATA)) {
    return 'lies in the data folder, where each backup would take the key along'
  }
  const { stats, fault } = examinePath(value)
  if (stats && !stats.isFile()) return 'is not a file'
  if (stats && (stats.mode & 0o077) !== 0) return 'may be read by others: chmod 600 it'
  return fault
}

export function stateFileFault(value: string, env: Environment): string | undefined {
  if (!isAbsolute(value)) return 'must be an absolute path'
  if (env.POSTKEY_DATA && isInside(value, env.POSTKEY_DATA)) {
    return 'lies in the data folder, where each backup would take it along'
  }
  const { stats, fault } = examinePath(value)
  return stats && !stats.isFile() ? 'is not a file' : fault
}

export function cloudsFileFault(value: string): string | undefined {
  const { stats, fault } = examinePath(value)
  return stats?.isFile() ? undefined : (fault ?? 'names a file that does not exist')
}

/** Without a check of rights: commands read the settings too, and may run as a user who doesn't write the log. */
export function logFileFault(value: string, env: Environment): string | undefined {
  if (!isAbsolute(value)) return 'must be an absolute path'
  const [file, folder] = [examinePath(value), examinePath(dirname(value))]
  const fault = file.fault ?? folder.fault
  if (fault !== undefined) return fault
  if (file.stats && !file.stats.isFile()) return 'is not a file'
  if (folder.stats?.isDirectory() !== true) return 'names a file that cannot be created: its folder does not exist'
  const overwritten = fileOverwrittenBy(value, env)
  return overwritten === undefined ? undefined : `would overwrite the file of ${overwritten}`
}

/** The same checks: the file of the audit list must not be appended to one with another content either. */
export function auditFileFault(value: string, { POSTKEY_AUDIT_FILE: _own, ...env }: Environment): string | undefined {
  return logFileFault(value, env)
}

/** Fault of a log file for the server that writes it and renames it at a rotation. */
export function logRightsFault(path: string): string | undefined {
  const needed = [
    [
      dirname(path),
      constants.W_OK | constants.X_OK,
      'lies in a folder that this process cannot write, as rotation does',
    ],
    ...(examinePath(path).stats ? [[path, constants.W_OK, 'cannot be written'] as const] : []),
  ] as const
  for (const [place, rights, fault] of needed) {
    try {
      accessSync(place, rights)
    } catch (error) {
      return `${fault} (${codeOf(error)})`
    }
  }
  return undefined
}

/** Name of the variable whose file is the log or one of its rotated files. */
function fileOverwrittenBy(log: string, env: Environment): string | undefined {
  const taken = new Set(ROTATED.map((end) => identityOf(`${log}${end}`)))
  const keyFile = env.POSTKEY_KEY_FILE
  // The state file that is used without POSTKEY_STATE_FILE.
  if (keyFile && !env.POSTKEY_STATE_FILE && taken.has(identityOf(`${keyFile}.state`))) return 'POSTKEY_STATE_FILE'
  return OTHER_FILES.find((name) => env[name] && taken.has(identityOf(env[name])))
}

/** Equal for two paths of one file, also through links; for a file that doesn't exist yet, by its folder and name. */
function identityOf(path: string): string {
  const { stats } = examinePath(path)
  if (stats) return `${stats.dev}:${stats.ino}`
  const folder = dirname(resolve(path))
  try {
    return join(realpathSync(folder), basename(path))
  } catch {
    return resolve(path)
  }
}

function isInside(path: string, folder: string): boolean {
  const way = relative(resolve(folder), resolve(path))
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
