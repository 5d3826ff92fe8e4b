/** Processes of a run: servers on one database, killed, stopped and restarted on demand. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

export interface Crew {
  /** Resolves when all are up. */
  start(): Promise<void>
  /** Link that the first server printed for the first admin. */
  firstAdminLink(): string
  /** Ports of the servers that are up and not stopped. */
  ports(): number[]
  /** Kills it like kill -9; it restarts, optionally with an order to end at a named step (POSTKEY_CHAOS). */
  kill(worker: number, armed?: string): void
  /** Ends it by SIGTERM; resolves when it is up again. */
  restart(worker: number): Promise<void>
  stop(worker: number): boolean
  goOn(worker: number): void
  /** `true` while the system has stopped it, for any reason. */
  standsStill(worker: number): boolean
  /** `true` when it runs with that order, or will be started with it. */
  isArmed(worker: number, order: string): boolean
  /** Starts all servers without an order from now on, and restarts the armed ones. */
  disarm(): void
  /** Waits for all servers, or the first ones. */
  untilUp(first?: number): Promise<void>
  end(): Promise<void>
  readonly counts: { kills: number; stops: number; atSteps: Record<string, number>; restarts: Restart[] }
  /** Servers that ended unexpectedly, in words. */
  readonly mishaps: string[]
}

export interface Restart {
  endedAfterMs: number
  upAfterMs: number
}

export interface CrewOptions {
  count: number
  folder: string
  /** Environment of one server. */
  environment: (worker: number) => Record<string, string>
  portOf: (worker: number) => number
}

interface Member {
  child: ChildProcess | undefined
  isUp: boolean
  stopped: boolean
  /** Order of the current process, and the one for the next start. */
  armed: string | undefined
  next: string | undefined
  asked: boolean
  printed: string
}

const CHECKOUT = join(import.meta.dirname, '../..')
const AGAIN_AFTER_MS = 100
const UP_LIMIT_MS = 120_000
const END_LIMIT_MS = 15_000

export function createCrew({ count, folder, environment, portOf }: CrewOptions): Crew {
  const members = Array.from({ length: count }, (): Member => ({
    ...{ child: undefined, isUp: false, stopped: false, armed: undefined, next: undefined, asked: false, printed: '' },
  }))
  const counts = { kills: 0, stops: 0, atSteps: {} as Record<string, number>, restarts: [] as Restart[] }
  const mishaps: string[] = []
  let ending = false
  let link: string | undefined
  let complaint = ''

  function launch(worker: number): void {
    const member = members[worker]!
    Object.assign(member, {
      isUp: false,
      stopped: false,
      armed: member.next,
      next: undefined,
      asked: false,
      printed: '',
    })
    const child = spawn(process.execPath, ['--import', './scripts/node-24.js', 'server/rehearsal/main.ts'], {
      cwd: CHECKOUT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        ...environment(worker),
        ...(member.armed !== undefined && { POSTKEY_CHAOS: member.armed }),
      },
    })
    member.child = child
    const log = createWriteStream(join(folder, `worker-${worker}.log`), { flags: 'a' })
    child.stdout.pipe(log)
    child.stderr.pipe(createWriteStream(join(folder, `worker-${worker}.err`), { flags: 'a' }))
    child.stderr.on('data', (bytes: Buffer) => {
      const text = bytes.toString()
      member.printed += text
      if (text.includes('Postkey is at')) member.isUp = true
      // Every start creates a new link, and invalidates the previous one.
      link = /no admin yet: (\S+)/.exec(member.printed)?.[1] ?? link
    })
    child.once('exit', (code, signal) => {
      exited(worker, member, code, signal)
      if (!ending) setTimeout(() => ending || launch(worker), AGAIN_AFTER_MS)
    })
  }

  function exited(worker: number, member: Member, code: number | null, signal: string | null): void {
    const wasUp = member.isUp
    Object.assign(member, { child: undefined, isUp: false, stopped: false })
    if (ending || member.asked) return
    if (signal === 'SIGKILL' && member.armed !== undefined) {
      const step = member.armed.split(':')[0]!
      counts.kills++
      counts.atSteps[step] = (counts.atSteps[step] ?? 0) + 1
    } else if (wasUp) {
      mishaps.push(
        `worker ${worker} ended by itself (${signal ?? code ?? ''}): ${member.printed.slice(0, 1000).trim()}`,
      )
    } else {
      // The database may be away: restart with the same order.
      complaint = member.printed.trim()
      member.next = member.armed
    }
  }

  function stateOf({ child }: Member): string {
    try {
      return /^State:\s+(\w)/m.exec(readFileSync(`/proc/${child?.pid ?? 0}/status`, 'utf8'))?.[1] ?? ''
    } catch {
      return ''
    }
  }

  const crew: Crew = {
    counts,
    mishaps,
    async start() {
      for (let worker = 0; worker < count; worker++) {
        launch(worker)
        // The first server migrates the database.
        await crew.untilUp(worker + 1)
      }
    },
    firstAdminLink() {
      if (link === undefined) throw new Error('no link for the first admin was printed')
      return link
    },
    ports: () => members.flatMap((member, i) => (member.isUp && !member.stopped ? [portOf(i)] : [])),
    kill(worker, armed) {
      const member = members[worker]!
      member.next = armed
      if (!member.child) return
      Object.assign(member, { asked: true, isUp: false })
      counts.kills++
      member.child.kill('SIGKILL')
    },
    async restart(worker) {
      const member = members[worker]!
      const { child } = member
      if (!child) throw new Error(`worker ${worker} does not run`)
      member.asked = true
      const beganAt = performance.now()
      const took = () => Math.round(performance.now() - beganAt)
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      const [code] = (await ended) as [number | null]
      const endedAfterMs = took()
      if (code !== 0) mishaps.push(`worker ${worker} ended by SIGTERM with ${code}: ${member.printed.slice(0, 1000)}`)
      await crew.untilUp()
      counts.restarts.push({ endedAfterMs, upAfterMs: took() })
    },
    stop(worker) {
      const member = members[worker]!
      if (!member.isUp || member.stopped) return false
      member.stopped = true
      counts.stops++
      member.child?.kill('SIGSTOP')
      return true
    },
    goOn(worker) {
      const member = members[worker]!
      member.stopped = false
      member.child?.kill('SIGCONT')
    },
    standsStill(worker) {
      const member = members[worker]!
      if (stateOf(member) !== 'T') return false
      if (member.stopped) return true
      counts.stops++
      // The order was met: after a restart, it must not stop again.
      Object.assign(member, { stopped: true, armed: undefined })
      return true
    },
    isArmed: (worker, order) => [members[worker]!.armed, members[worker]!.next].includes(order),
    disarm() {
      members.forEach((member, worker) => {
        if (member.stopped) crew.goOn(worker)
        member.next = undefined
        if (member.armed !== undefined) crew.kill(worker)
      })
    },
    async untilUp(first = count) {
      const limit = performance.now() + UP_LIMIT_MS
      while (!members.slice(0, first).every(({ isUp }) => isUp)) {
        if (performance.now() > limit) throw new Error(`a server does not come up: ${complaint}`)
        await pause(50)
      }
    },
    async end() {
      ending = true
      await Promise.all(
        members.map(async ({ child }) => {
          if (!child) return
          const gone = new Promise((resolve) => child.once('exit', resolve))
          child.kill('SIGCONT')
          child.kill('SIGTERM')
          const late = setTimeout(() => child.kill('SIGKILL'), END_LIMIT_MS)
          await gone
          clearTimeout(late)
        }),
      )
    },
  }
  return crew
}
