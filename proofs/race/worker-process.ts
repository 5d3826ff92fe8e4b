import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import type { GrantId } from '../../server/src/kernel/ids.ts'
import type { Stage } from './rooms.ts'
import type { CallerResult, FromWorker, Point, ToWorker } from './worker.ts'

const NODE_24 = join(import.meta.dirname, '../../scripts/node-24.js')

/** A worker as its parent sees it. */
export interface WorkerProcess {
  /** Results of its callers; undefined when it was killed. */
  round(wanted: { nowMs: number; grantId: GrantId; callers: number }): Promise<CallerResult[] | undefined>
  isAlive(): boolean
  end(): void
}

/** Calls `isToDie` at each point; when it returns `true`, the process is killed there by SIGKILL. */
export async function startWorkerProcess(stage: Stage, isToDie: (point: Point) => boolean): Promise<WorkerProcess> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'worker.ts'), {
    execArgv: ['--import', NODE_24],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const gone = new Promise<undefined>((resolve) => child.once('exit', () => resolve(undefined)))
  const ready = Promise.withResolvers<undefined>()
  let done: ((results: CallerResult[]) => void) | undefined

  child.on('message', (message: FromWorker) => {
    if (message.kind === 'ready') ready.resolve(undefined)
    else if (message.kind === 'done') done?.(message.results)
    else if (isToDie(message.point)) child.kill('SIGKILL')
    else tell({ kind: 'go-on' })
  })
  const tell = (message: ToWorker) => child.send(message)

  tell({ kind: 'open', stage })
  const isReady = await Promise.race([ready.promise.then(() => true), gone.then(() => false)])
  if (!isReady) throw new Error('A worker ended before it was ready.')

  const isAlive = () => child.exitCode === null && child.signalCode === null
  return {
    async round(wanted) {
      const results = new Promise<CallerResult[]>((resolve) => (done = resolve))
      tell({ kind: 'round', ...wanted })
      return Promise.race([results, gone])
    },
    isAlive,
    end() {
      if (isAlive()) child.kill('SIGKILL')
    },
  }
}
