/**
 * Builds the image of the sandbox and proves its promises: reached from outside by its names only, no root, a read-only
 * root file system, a health check, state in the volume, and a fast end. Needs podman or docker, with a network that
 * publishes ports. Usage: npm run --silent sandbox-image-proof -- [--image NAME] [--with podman|docker] [-- BUILD OPTIONS]
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { proveSandboxImage } from './prove.ts'

const BUILT = 'localhost/postkey-sandbox-proof'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { image: { type: 'string' }, with: { type: 'string', default: 'podman' } },
})
const { image = BUILT, with: program } = values
const faults: string[] = []
const expect = (isKept: boolean, promise: string) => {
  if (!isKept) faults.push(promise)
}
try {
  const buildMs = values.image === undefined ? build() : undefined
  const size = Number(
    spawnSync(program, ['image', 'inspect', '--format', '{{.Size}}', image], { encoding: 'utf8' }).stdout,
  )
  const measured = await proveSandboxImage({ program, image, expect })
  const imageMb = Math.round(size / 1_000_000)
  console.log(JSON.stringify({ ok: faults.length === 0, imageMb, buildMs, ...measured, faults }))
} catch (error) {
  console.error(error)
  faults.push('ended by an error')
}
process.exit(faults.length === 0 ? 0 : 1)

/** Returns the milliseconds of the build. */
function build(): number {
  const began = performance.now()
  const script = join(import.meta.dirname, '../../scripts/sandbox-image.ts')
  const { status } = spawnSync(
    process.execPath,
    [script, '--with', program, '--tag', BUILT, '--', ...positionals],
    // Its output is not part of the result.
    { stdio: ['ignore', 2, 2] },
  )
  if (status !== 0) throw new Error('The image could not be built.')
  return Math.round(performance.now() - began)
}
