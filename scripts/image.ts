/** Builds the image of the release in `dist/release`, with docker, podman or buildah. Usage: npm run image -- --help */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { VERSION } from '../server/src/kernel/version.ts'
import { prepareContext } from './image/context.ts'
import { type ImageArguments, readImageArguments, runBuild, usageOf } from './image/run-build.ts'
import { readLock } from './release/packages.ts'

const CHECKOUT = join(import.meta.dirname, '..')

try {
  const options = readImageArguments()
  if (options.help) console.log(usageOf('image'))
  else process.exitCode = buildImage(options)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

/** Returns the exit code of the program that builds. */
function buildImage({ cpu, program, more, tag = `postkey:${VERSION}` }: ImageArguments): number {
  const release = join(CHECKOUT, 'dist/release')
  const context = join(CHECKOUT, `dist/image-${cpu}`)
  const lock = readLock(CHECKOUT)
  try {
    const { commit } = prepareContext({ lock, release, version: VERSION, cpus: [cpu], target: context })
    const dockerfile = join(CHECKOUT, 'deploy/Dockerfile')
    return runBuild({ program, cpu, more, dockerfile, context, tag, version: VERSION, revision: commit })
  } finally {
    rmSync(context, { recursive: true, force: true })
  }
}
