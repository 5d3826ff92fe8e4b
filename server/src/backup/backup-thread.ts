/** Worker thread of one backup, so that it doesn't delay requests. */
import { once } from 'node:events'
import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { giveWay } from '../kernel/give-way.ts'
import { createBackup } from './create-backup.ts'
import type { BackupOrder, OfThread, ToThread } from './create-in-thread.ts'

const port = parentPort!
const { target, ...order } = workerData as BackupOrder
const stop = new AbortController()
const post = (message: OfThread) => port.postMessage(message)
port.on('message', (message: ToThread) => message === 'stop' && stop.abort())

giveWay()
try {
  const written = await createBackup(target, {
    ...order,
    clock: systemClock,
    signal: stop.signal,
    async onBegun() {
      post('begun')
      // Ends also with a stop: the backup notices it then.
      await once(port, 'message')
    },
  })
  post({ written })
} catch (error) {
  const { code, detail, cause } = AppError.from(error)
  post({ failure: { code, detail, cause: cause instanceof Error ? cause.message : undefined } })
}
port.close()
