/** Runs the disturbances of the plan, one after the other. */
import { setTimeout as pause } from 'node:timers/promises'
import type { CrashingPostgres } from '../../scripts/start/crashing-postgres.ts'
import type { Disturbance } from './plan.ts'
import type { Random } from './random.ts'
import type { Front } from './rolling-restart.ts'
import type { ProtocolHarness } from './protocol-harness.ts'
import type { TcpProxy } from './tcp-proxy.ts'
import type { Crew } from './workers.ts'

export interface DisturbingDeps {
  crew: Crew
  protocol: ProtocolHarness
  postgres: CrashingPostgres
  /** Wires to the database, one for each worker. */
  wires: readonly TcpProxy[]
  random: Random
  /** The proxy of a rolling restart, and the ports of the servers behind it. */
  front?: Front | undefined
  ports: readonly number[]
}

export interface Disturbing {
  disturb(disturbance: Disturbance): Promise<void>
  readonly counts: { cuts: number; silenced: number; restarts: number; jumps: number; faults: number }
}

const SOON_MS = 10_000

export function createDisturbing(deps: DisturbingDeps): Disturbing {
  const { crew, protocol, postgres, wires, random, front, ports } = deps
  const counts = { cuts: 0, silenced: 0, restarts: 0, jumps: 0, faults: 0 }
  let restarting: Promise<unknown> = Promise.resolve()

  async function disturb(each: Disturbance): Promise<void> {
    switch (each.kind) {
      case 'kill':
        await pause(each.afterMs)
        crew.kill(each.worker, each.armed)
        return
      case 'stop':
        await pause(each.afterMs)
        if (await soon(() => crew.stop(each.worker))) await outlast(each)
        return
      case 'stop-at-step':
        crew.kill(each.worker, each.armed)
        // As late as it happens there: a stopped process has to continue.
        while (crew.isArmed(each.worker, each.armed)) {
          if (crew.standsStill(each.worker)) return outlast(each)
          await pause(20)
        }
        return
      case 'cut-mail':
        return again(each, 'cuts', () => protocol.cut())
      case 'cut-database':
        return again(each, 'cuts', () => wires.reduce((sum, wire) => sum + wire.cut(), 0))
      case 'silence-mail':
        return again(each, 'silenced', () => protocol.silence())
      case 'silence-database':
        return again(each, 'silenced', () => wires.reduce((sum, wire) => sum + wire.silence(), 0))
      case 'restart-server':
        await front?.takeOut(ports[each.worker]!)
        await crew.restart(each.worker)
        await front?.putBack(ports[each.worker]!)
        return
      case 'restart-database':
        await pause(each.afterMs)
        counts.restarts++
        restarting = restarting.then(() => postgres.restart(each.how))
        await restarting
        return
      case 'jump':
        counts.jumps++
        protocol.move(each.byMs)
        return
      case 'fault':
        counts.faults++
        return protocol.switchOn(each, random)
    }
  }

  /** Stops a server for longer than its lease; the others take over its work, and then it continues. */
  async function outlast({ worker, jumpMs, forMs, cutsDatabase }: Extract<Disturbance, { jumpMs: number }>) {
    if (cutsDatabase) counts.cuts += wires[worker]!.cut()
    protocol.move(jumpMs)
    await pause(forMs)
    crew.goOn(worker)
  }

  async function again(
    { times, everyMs }: { times: number; everyMs: number },
    what: 'cuts' | 'silenced',
    act: () => number,
  ): Promise<void> {
    for (let time = 0; time < times; time++) {
      counts[what] += act()
      await pause(everyMs)
    }
  }

  return { disturb, counts }
}

/** Waits for a condition, up to a limit: a killed server has to come up again. */
async function soon(isSo: () => boolean): Promise<boolean> {
  const limit = performance.now() + SOON_MS
  while (performance.now() < limit) {
    if (isSo()) return true
    await pause(20)
  }
  return false
}
