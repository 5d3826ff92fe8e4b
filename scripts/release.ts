/** Builds a release of the committed tree into `dist/release`. Usage: npm run release */
import { spawnSync } from 'node:child_process'
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildRelease } from './release/build.ts'
import { listTrackedFiles, readCleanCommit, type Git } from './release/clean-tree.ts'
import { VERSION } from '../server/src/kernel/version.ts'
import { requireKeptDatabase } from './release/kept-database.ts'
import { requireLockedNode, requireLockedPackages } from './release/locked-packages.ts'
import { readLock } from './release/packages.ts'

const CHECKOUT = join(import.meta.dirname, '..')
const MAX_OUTPUT_BYTES = 64_000_000
const TARGET = join(CHECKOUT, 'dist/release')

try {
  const lock = readLock(CHECKOUT)
  requireLockedNode(lock, { node: process.versions.node, arch: process.arch })
  requireLockedPackages(CHECKOUT, lock)
  const git: Git = (...args) => spawnSync('git', args, { cwd: CHECKOUT, encoding: 'utf8', maxBuffer: MAX_OUTPUT_BYTES })
  const commit = readCleanCommit(git)
  await requireKeptDatabase(CHECKOUT, VERSION)
  const files = listTrackedFiles(git)
  const fresh = `${TARGET}.new-${process.pid}`
  try {
    const { version, archive, unpackedBytes } = await buildRelease({
      commit,
      target: fresh,
      packages: 'installed',
      files,
    })
    rmSync(TARGET, { recursive: true, force: true })
    mkdirSync(join(TARGET, '..'), { recursive: true })
    renameSync(fresh, TARGET)
    const size = `${(unpackedBytes / 1_000_000).toFixed(1)} MB unpacked`
    console.log(`Postkey ${version}, ${size}: ${join(TARGET, archive.slice(fresh.length))}`)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
