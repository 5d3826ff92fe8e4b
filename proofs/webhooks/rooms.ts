import { createDatabase } from '../../server/src/database/index.ts'
import { createEpoch, createStateFile } from '../../server/src/epoch/index.ts'
import { createEvents, toWireEvent } from '../../server/src/events/index.ts'
import { createDialGuard } from '../../server/src/kernel/dial-guard.ts'
import { createEgress } from '../../server/src/kernel/egress.ts'
import { createKeyRing } from '../../server/src/kernel/key-ring.ts'
import { createLog } from '../../server/src/kernel/log.ts'
import { createWebhooks, pauseAfterRestore } from '../../server/src/webhooks/index.ts'

/** Settings of a worker. */
export interface WebhookStage {
  databaseUrl: string
  /** Path of the state file, which all servers share. */
  stateFile: string
  /** Base64. */
  key: string
  receiver: { host: string; port: number }
  /** Difference to the time of the machine. */
  aheadMs: number
}

/** The rooms of one server that deliver webhooks, with a clock that can be moved. */
export async function openWebhooks(stage: WebhookStage) {
  const state = { aheadMs: stage.aheadMs }
  const clock = { now: () => new Date(Date.now() + state.aheadMs) }
  const log = createLog({ level: 'error' })
  const database = await createDatabase(stage.databaseUrl, { log })
  const events = createEvents(database)
  const epoch = createEpoch({
    ...{ database, clock, log, stateFile: createStateFile(stage.stateFile) },
    hold: () => Promise.resolve(0),
    pause: pauseAfterRestore,
  })
  const { host, port } = stage.receiver
  const dialGuard = createDialGuard({ declared: new Set([`${host}:${port}`]) })
  const egress = createEgress({ allowPrivate: () => false, ownNetwork: (origin) => dialGuard.isDeclaredOrigin(origin) })
  const webhooks = createWebhooks({
    ...{ database, clock, events, egress, dialGuard, log },
    keyRing: createKeyRing([{ id: 'stored', key: Buffer.from(stage.key, 'base64') }], 'stored'),
    audit: { record: () => Promise.resolve() },
  })
  webhooks.connect({
    present: (found) => Promise.resolve(found.map(toWireEvent)),
    readableBy: async (owners) => {
      // One statement, as in the function that this stands for.
      await database.pool.query('SELECT')
      return new Map(owners.map((owner) => [owner, 'all'] as const))
    },
    mark: () => epoch.mark(),
    incident: { open: () => Promise.resolve(), end: () => Promise.resolve() },
  })
  return {
    ...{ database, epoch, events, webhooks, clock },
    setAhead: (ms: number) => void (state.aheadMs = ms),
    async close() {
      await webhooks.service.stop()
      await egress.close()
      await events.close()
      await database.close()
    },
  }
}
