/** Builds the image of the sandbox, with docker, podman or buildah. Usage: npm run sandbox-image -- --help */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { VERSION } from '../server/src/kernel/version.ts'
import { type ImageArguments, readImageArguments, runBuild, usageOf } from './image/run-build.ts'
import { prepareSandboxContext } from './image/sandbox-context.ts'
import { readLock } from './release/packages.ts'

const CHECKOUT = join(import.meta.dirname, '..')

try {
  const options = readImageArguments()
  if (options.help) console.log(usageOf('sandbox-image'))
  else process.exitCode = await buildImage(options)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

/** Returns the exit code of the program that builds. */
async function buildImage(options: ImageArguments): Promise<number> {
  const { cpu, program, more, tag = `postkey-sandbox:${VERSION}` } = options
  const context = join(CHECKOUT, `dist/sandbox-image-${cpu}`)
  const git = (...words: string[]) => spawnSync('git', words, { cwd: CHECKOUT, encoding: 'utf8' }).stdout.trim()
  try {
    const time = Number(git('log', '-1', '--format=%ct'))
    await prepareSandboxContext({ lock: readLock(CHECKOUT), cpu, time, target: context })
    const revision = git('describe', '--always', '--dirty', '--abbrev=40', '--exclude=*')
    const dockerfile = join(CHECKOUT, 'deploy/sandbox/Dockerfile')
    return runBuild({ program, cpu, more, dockerfile, context, tag, version: VERSION, revision })
  } finally {
    rmSync(context, { recursive: true, force: true })
  }
}
