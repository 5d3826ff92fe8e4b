/** One container of an image, started as an admin starts it: read-only, without capabilities. */
import { spawnSync } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'

const START_LIMIT_MS = 120_000
const LOOK_EVERY_MS = 100

export interface ContainerOptions {
  /** `podman` or `docker`. */
  program: string
  image: string
  name: string
  /** Arguments of its program. */
  command: readonly string[]
  /** Address that answers as soon as it is healthy. */
  health: string
  /** Path in the container of the volume. */
  folder: string
  /** Options of its network; this machine's by default. */
  network?: readonly string[]
  /** By default, podman adds writable folders such as /tmp, and docker does not. */
  withoutTmp?: boolean
  environment: Readonly<Record<string, string>>
  /** Files of this machine, by their path in the container, read-only. */
  files?: Readonly<Record<string, string>>
}

export interface Container {
  /** Starts it again after its end, with the same volume. Resolves to the milliseconds until it is healthy. */
  start(): Promise<number>
  /** Runs a program in it; returns its output. */
  run(...command: string[]): string
  /** Runs `postkey` in a second container with the volume, without network; returns its exit code and its output. */
  runBeside(...command: string[]): { code: number | null; output: string }
  /** Sends SIGTERM; resolves to the exit code and the milliseconds until the end. */
  stop(): Promise<{ code: number; ms: number }>
  kill(): void
  /** Runs the health check of the image; with docker, returns its last result. */
  isHealthy(): boolean
  logs(): string
  /** Its processes, without those of `run`. */
  processes(): ContainerProcess[]
  remove(): void
}

export interface ContainerProcess {
  pid: number
  name: string
  /** `Z` for a zombie. */
  state: string
  /** Its share of the memory, in bytes. */
  bytes: number
}

/** Creates the container, with a new volume, without starting it. */
export function createContainer(options: ContainerOptions): Container {
  const { program, image, name, command, health, folder, environment, files = {} } = options
  const { network = ['--network', 'host'], withoutTmp = false } = options
  const call = (...args: string[]) => spawnSync(program, args, { encoding: 'utf8' })
  const require = (...args: string[]): string => {
    const { status, stdout, stderr } = call(...args)
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stdout}${stderr}`)
    return stdout
  }
  require(...[
    'create',
    '--name',
    name,
    '--read-only',
    '--cap-drop',
    'ALL',
    '--security-opt',
    'no-new-privileges',
  ], ...(program === 'podman' && withoutTmp ? ['--read-only-tmpfs=false'] : []), ...[
    ...network,
    '--volume',
    `${name}:${folder}`,
  ], ...Object.entries(files).flatMap(([inside, outside]) => [
    '--volume',
    `${outside}:${inside}:ro`,
  ]), ...Object.entries(environment).flatMap(([key, value]) => ['--env', `${key}=${value}`]), ...[image, ...command])
  return {
    async start() {
      const began = performance.now()
      require('start', name)
      while (!(await isAlive(health))) {
        if (performance.now() - began > START_LIMIT_MS || !isRunning())
          throw new Error(`It does not start: ${this.logs()}`)
        await pause(LOOK_EVERY_MS)
      }
      return Math.round(performance.now() - began)
    },
    run: (...words) => require('exec', name, ...words),
    runBeside(...words) {
      const { status, stdout, stderr } = call(
        ...['run', '--rm', '--read-only', '--cap-drop', 'ALL', '--network', 'none'],
        ...['--volume', `${name}:${folder}`, image, ...words],
      )
      return { code: status, output: stdout + stderr }
    },
    async stop() {
      const began = performance.now()
      require('kill', '--signal', 'TERM', name)
      while (isRunning()) {
        if (performance.now() - began > START_LIMIT_MS) throw new Error(`It does not end: ${this.logs()}`)
        await pause(LOOK_EVERY_MS)
      }
      const code = Number(require('inspect', '--format', '{{.State.ExitCode}}', name))
      return { code, ms: Math.round(performance.now() - began) }
    },
    kill: () => void require('kill', '--signal', 'KILL', name),
    isHealthy() {
      if (program === 'podman') return call('healthcheck', 'run', name).status === 0
      return require('inspect', '--format', '{{.State.Health.Status}}', name).trim() !== 'unhealthy'
    },
    logs() {
      const { stdout, stderr } = call('logs', name)
      return stdout + stderr
    },
    processes: () => JSON.parse(require('exec', name, 'node', '-e', LIST_PROCESSES)) as ContainerProcess[],
    remove() {
      call('rm', '--force', name)
      call('volume', 'rm', '--force', name)
    },
  }

  function isRunning(): boolean {
    return require('inspect', '--format', '{{.State.Running}}', name).trim() === 'true'
  }
}

const LIST_PROCESSES = `
  const { readdirSync, readFileSync } = require('node:fs')
  const read = (file) => { try { return readFileSync(file, 'utf8') } catch { return '' } }
  const found = readdirSync('/proc').filter((name) => /^\\d+$/.test(name) && Number(name) !== process.pid).map((pid) => {
    const [, name, state] = /^\\d+ \\((.*)\\) (\\S)/.exec(read('/proc/' + pid + '/stat')) ?? []
    const kilobytes = /^Pss: +(\\d+)/m.exec(read('/proc/' + pid + '/smaps_rollup'))?.[1] ?? 0
    return { pid: Number(pid), name, state, bytes: Number(kilobytes) * 1024 }
  })
  console.log(JSON.stringify(found.filter(({ name }) => name !== undefined)))`

async function isAlive(health: string): Promise<boolean> {
  try {
    return (await fetch(health, { signal: AbortSignal.timeout(5000) })).ok
  } catch {
    return false
  }
}
