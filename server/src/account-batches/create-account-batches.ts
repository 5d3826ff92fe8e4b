import { createTicker } from '../kernel/ticker.ts'
import type { AccountBatches } from './account-batch.ts'
import { CHANNEL, createBatches } from './account-batches.ts'
import { type BatchEnds, createBatchEnds } from './batch-ends.ts'
import { createBatchWork } from './batch-work.ts'
import type { AccountBatchesDeps } from './deps.ts'

/** For rows that are tried again, and for batches of a server that was stopped. */
const EVERY_MS = 5_000
/** Interval of the deletion of old batches. */
const DELETE_EVERY_MS = 60 * 60_000
const DEADLINE_MS = 10 * 60_000

export interface AccountBatchesRoom {
  accountBatches: AccountBatches & { runDue: ReturnType<typeof createBatchWork> } & Pick<BatchEnds, 'deleteOld'>
}

/** Creates the room, with the service that connects the rows of batches. */
export function createAccountBatches(deps: AccountBatchesDeps) {
  const { database, clock, log } = deps
  const ends = createBatchEnds(deps)
  const runDue = createBatchWork({ ...deps, ends })
  let deletedAt = -Infinity
  const ticker = createTicker({
    name: 'account-batches.due',
    clock,
    everyMs: EVERY_MS,
    deadlineMs: DEADLINE_MS,
    async run(_over, late) {
      const now = clock.now().getTime()
      if (now - deletedAt >= DELETE_EVERY_MS) {
        await ends.deleteOld()
        deletedAt = now
      }
      await runDue(late)
    },
    onError: (err) => log.warn({ err }, 'Mailboxes of a batch could not be connected'),
  })
  let unlisten: (() => Promise<void>) | undefined
  const accountBatchesService = {
    async start() {
      unlisten = await database.listen(CHANNEL, () => ticker.poke())
      ticker.start()
    },
    async stop() {
      await unlisten?.()
      await ticker.stop()
    },
  }
  const room: AccountBatchesRoom = {
    accountBatches: { ...createBatches({ ...deps, ends }), runDue, deleteOld: ends.deleteOld },
  }
  return { ...room, accountBatchesService }
}
