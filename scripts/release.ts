/** Builds a release of the committed tree into `dist/release`. Usage: npm run release */
import { spawnSync } from 'node:child_process'
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildRelease } from './release/build.ts'
import { readCleanCommit } from './release/clean-tree.ts'

const CHECKOUT = join(import.meta.dirname, '..')
const TARGET = join(CHECKOUT, 'dist/release')

try {
  const commit = readCleanCommit((...args) => spawnSync('git', args, { cwd: CHECKOUT, encoding: 'utf8' }))
  const fresh = `${TARGET}.new-${process.pid}`
  try {
    const { version, archive, unpackedBytes } = await buildRelease({ commit, target: fresh, packages: 'installed' })
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
