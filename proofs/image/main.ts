/**
 * Runs the image and proves its promises: no root, a read-only root file system, a health check, and an end within ten
 * seconds that loses nothing. Needs podman or docker, and this machine's network for the container.
 * Usage: npm run --silent image-proof -- --image NAME [--with podman|docker]
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { proveServe } from './serve.ts'
import { proveTrial } from './trial.ts'

const { values } = parseArgs({
  options: { image: { type: 'string' }, with: { type: 'string', default: 'podman' } },
})
const { image, with: program } = values
if (image === undefined) {
  console.error('Usage: npm run --silent image-proof -- --image NAME [--with podman|docker]')
  process.exitCode = 2
} else {
  const folder = mkdtempSync(join(tmpdir(), 'postkey-image-'))
  // The users of the container and of PostgreSQL read files in it.
  chmodSync(folder, 0o711)
  const faults: string[] = []
  const expect = (isKept: boolean, promise: string) => {
    if (!isKept) faults.push(promise)
  }
  try {
    const size = Number(
      spawnSync(program, ['image', 'inspect', '--format', '{{.Size}}', image], { encoding: 'utf8' }).stdout,
    )
    const serve = await proveServe({ program, image, folder, expect })
    const trial = await proveTrial({ program, image, folder, expect })
    console.log(
      JSON.stringify({ ok: faults.length === 0, imageMb: Math.round(size / 1_000_000), serve, trial, faults }),
    )
  } catch (error) {
    console.error(error)
    faults.push('ended by an error')
  }
  rmSync(folder, { recursive: true, force: true })
  // PostgreSQL and the sandbox are stopped; connections to them may be left.
  process.exit(faults.length === 0 ? 0 : 1)
}
