/** Requires that a release is built by what the lockfile states: the Node, and the packages of the checkout. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lock } from './packages.ts'

const MOST_LISTED = 10

/**
 * Compares the packages that npm has recorded in `node_modules` with those of the lockfile, as the web UI is built from
 * them. Changed files of a package are not noticed.
 *
 * @throws {Error} with the packages that differ
 */
export function requireLockedPackages(checkout: string, lock: Lock): void {
  const recorded = join(checkout, 'node_modules/.package-lock.json')
  const installed = existsSync(recorded)
    ? (JSON.parse(readFileSync(recorded, 'utf8')) as { packages: Lock }).packages
    : {}
  const different = [...new Set([...Object.keys(lock), ...Object.keys(installed)])]
    .filter((folder) => folder.includes('node_modules/') && !isSame(lock[folder], installed[folder]))
    .sort()
  if (different.length === 0) return
  const more = different.length > MOST_LISTED ? [`… and ${different.length - MOST_LISTED} more`] : []
  const list = [...different.slice(0, MOST_LISTED), ...more].join('\n')
  throw new Error(`These packages are not those of package-lock.json. Run npm ci, then the command again:\n${list}`)
}

/** Optional packages are absent on other platforms. */
function isSame(locked: Lock[string] | undefined, installed: Lock[string] | undefined): boolean {
  if (!locked) return false
  if (!installed) return locked.optional === true || locked.devOptional === true
  return installed.version === locked.version && installed.integrity === locked.integrity
}

/**
 * Requires the Node of the lockfile, as the bytes of the archive depend on its compressor.
 *
 * @throws {Error} with the command that uses it
 */
export function requireLockedNode(lock: Lock, { node, arch }: { node: string; arch: string }): void {
  const name = `node-linux-${arch}`
  const locked = lock[`node_modules/${name}`]?.version
  if (locked === undefined)
    throw new Error(`A release is built on Linux, x64 or arm64; package-lock.json has no ${name}.`)
  if (node === locked) return
  throw new Error(
    `A release is built by Node ${locked}, the version in package-lock.json, and this is Node ${node}. ` +
      `Run: PATH="$PWD/node_modules/${name}/bin:$PATH" npm run release`,
  )
}
