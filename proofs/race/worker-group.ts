/** Processes of a race. A killed process is replaced before the next round. */
import type { GrantId } from '../../server/src/kernel/ids.ts'
import type { Stage } from './rooms.ts'
import type { CallerResult, Point } from './worker.ts'
import { startWorkerProcess, type WorkerProcess } from './worker-process.ts'

export const PROCESSES = 3
export const CALLERS = 20

export interface Crew {
  /** All callers of all processes at the same moment; the first process that comes to `killAt` dies there. */
  round(wanted: { nowMs: number; grantId: GrantId }, killAt?: Point): Promise<Round>
  end(): void
}

export interface Round {
  /** Results of the callers whose process survived. */
  results: CallerResult[]
  wasKilled: boolean
}

export async function startCrew(stage: Stage): Promise<Crew> {
  let armed: Point | undefined
  let killed = false
  const isToDie = (point: Point): boolean => {
    if (killed || point !== armed) return false
    return (killed = true)
  }
  const startOne = () => startWorkerProcess(stage, isToDie)
  let workers: WorkerProcess[] = await Promise.all(Array.from({ length: PROCESSES }, startOne))

  return {
    async round(wanted, killAt): Promise<Round> {
      armed = killAt
      killed = false
      const all = await Promise.all(workers.map((worker) => worker.round({ ...wanted, callers: CALLERS })))
      workers = await Promise.all(workers.map(async (worker) => (worker.isAlive() ? worker : startOne())))
      return { results: all.flatMap((results) => results ?? []), wasKilled: killed }
    },
    end() {
      for (const worker of workers) worker.end()
    },
  }
}
