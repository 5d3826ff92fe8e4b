/** Builds the image of the release in `dist/release`, with docker, podman or buildah. Usage: npm run image -- --help */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { PLATFORMS, prepareContext, type Cpu } from './image/context.ts'
import { VERSION } from '../server/src/kernel/version.ts'
import { readLock } from './release/packages.ts'

const CHECKOUT = join(import.meta.dirname, '..')
const PROGRAMS = ['docker', 'podman', 'buildah']
const USAGE =
  'Usage: npm run image -- [--tag NAME] [--cpu x64|arm64] [--with docker|podman|buildah] [-- OPTIONS OF THAT PROGRAM]'

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean', default: false },
      tag: { type: 'string' },
      cpu: { type: 'string', default: process.arch },
      with: { type: 'string' },
    },
  })
  if (values.help) console.log(USAGE)
  else process.exitCode = buildImage(values, positionals)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

/** Returns the exit code of the program that builds. */
function buildImage(options: { tag?: string; cpu: string; with?: string }, more: readonly string[]): number {
  const { cpu, with: program = PROGRAMS.find(isInstalled) ?? '' } = options
  if (!isCpu(cpu)) throw new Error(`--cpu must be one of ${Object.keys(PLATFORMS).join(', ')}.`)
  if (!PROGRAMS.includes(program)) throw new Error(`Install one of ${PROGRAMS.join(', ')}, or name one by --with.`)
  const release = join(CHECKOUT, 'dist/release')
  const context = join(CHECKOUT, `dist/image-${cpu}`)
  try {
    const { commit } = prepareContext({
      lock: readLock(CHECKOUT),
      release,
      version: VERSION,
      cpus: [cpu],
      target: context,
    })
    const { status, error } = spawnSync(
      program,
      [
        program === 'buildah' ? 'bud' : 'build',
        // Images in the format of OCI have no health check.
        ...(program === 'docker' ? [] : ['--format', 'docker']),
        ...['--platform', PLATFORMS[cpu], '--file', join(CHECKOUT, 'deploy/Dockerfile')],
        ...['--build-arg', `VERSION=${VERSION}`, '--build-arg', `REVISION=${commit}`],
        ...['--tag', options.tag ?? `postkey:${VERSION}`],
        ...more,
        context,
      ],
      { stdio: 'inherit' },
    )
    if (error) throw error
    return status ?? 1
  } finally {
    rmSync(context, { recursive: true, force: true })
  }
}

function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0
}

function isCpu(name: string): name is Cpu {
  return Object.hasOwn(PLATFORMS, name)
}
