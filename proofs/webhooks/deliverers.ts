import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import type { WebhookStage } from './rooms.ts'
import type { ToDeliverer } from './worker.ts'

const NODE_24 = join(import.meta.dirname, '../../scripts/node-24.js')

/** Servers that deliver. A killed one is replaced. */
export async function startDeliverers(stage: WebhookStage, count: number) {
  const current = { ...stage }
  const startOne = async (): Promise<ChildProcess> => {
    const child = fork(join(import.meta.dirname, 'worker.ts'), {
      execArgv: ['--import', NODE_24],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const ready = Promise.withResolvers<ChildProcess>()
    child.once('message', () => ready.resolve(child))
    child.once('exit', () => ready.reject(new Error('A server ended before it was ready.')))
    child.send({ kind: 'open', stage: current } satisfies ToDeliverer)
    return ready.promise
  }
  const children = await Promise.all(Array.from({ length: count }, startOne))

  return {
    /** Kills one server without a warning, and starts another one. */
    async kill(index: number): Promise<void> {
      const child = children[index]!
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await gone
      children[index] = await startOne()
    },
    moveClock(byMs: number): void {
      current.aheadMs += byMs
      for (const child of children) child.send({ kind: 'clock', aheadMs: current.aheadMs } satisfies ToDeliverer)
    },
    aheadMs: () => current.aheadMs,
    end(): void {
      for (const child of children) child.kill('SIGKILL')
    },
  }
}
