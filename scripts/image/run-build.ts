/** Arguments of the commands that build images, and the call of the program that builds. */
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { type Cpu, PLATFORMS } from './context.ts'

const PROGRAMS = ['docker', 'podman', 'buildah']

export interface ImageArguments {
  help: boolean
  tag: string | undefined
  cpu: Cpu
  program: string
  /** Options of the program. */
  more: readonly string[]
}

export function usageOf(command: string): string {
  return (
    `Usage: npm run ${command} -- [--tag NAME] [--cpu x64|arm64] [--with ${PROGRAMS.join('|')}] ` +
    '[-- OPTIONS OF THAT PROGRAM]'
  )
}

/** @throws {Error} for wrong arguments, or without a program that builds images */
export function readImageArguments(): ImageArguments {
  const { values, positionals: more } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean', default: false },
      tag: { type: 'string' },
      cpu: { type: 'string', default: process.arch },
      with: { type: 'string' },
    },
  })
  const { help, tag, cpu, with: program = PROGRAMS.find(isInstalled) ?? '' } = values
  if (!isCpu(cpu)) throw new Error(`--cpu must be one of ${Object.keys(PLATFORMS).join(', ')}.`)
  if (!help && !PROGRAMS.includes(program)) {
    throw new Error(`Install one of ${PROGRAMS.join(', ')}, or name one by --with.`)
  }
  return { help, tag, cpu, program, more }
}

export interface BuildOptions extends Pick<ImageArguments, 'program' | 'cpu' | 'more'> {
  dockerfile: string
  /** Folder with the files. */
  context: string
  tag: string
  version: string
  /** Commit in the labels. */
  revision: string
}

/** Returns the exit code of the program that builds. */
export function runBuild({ program, cpu, more, dockerfile, context, tag, version, revision }: BuildOptions): number {
  const { status, error } = spawnSync(
    program,
    [
      program === 'buildah' ? 'bud' : 'build',
      // Images in the format of OCI have no health check.
      ...(program === 'docker' ? [] : ['--format', 'docker']),
      ...['--platform', PLATFORMS[cpu], '--file', dockerfile],
      ...['--build-arg', `VERSION=${version}`, '--build-arg', `REVISION=${revision}`],
      ...['--tag', tag],
      ...more,
      context,
    ],
    { stdio: 'inherit' },
  )
  if (error) throw error
  return status ?? 1
}

function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0
}

function isCpu(name: string): name is Cpu {
  return Object.hasOwn(PLATFORMS, name)
}
