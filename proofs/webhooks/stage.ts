import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDatabase, migrate, startEmbeddedPostgres } from '../../server/src/database/index.ts'
import { newId } from '../../server/src/kernel/ids.ts'
import { startReceiver } from './receiver.ts'
import { openWebhooks, type WebhookStage } from './rooms.ts'

/** Runs `work` with an own PostgreSQL, a receiver, and the rooms that write events and settings. */
export async function onWebhookStage<T>(
  respond: (path: string) => number | Promise<number>,
  work: (opened: OpenedStage) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'postkey-webhooks-'))
  // PostgreSQL is another user where this one is root.
  chmodSync(folder, 0o711)
  const postgres = await startEmbeddedPostgres({ dataFolder: folder, durable: false })
  const receiver = await startReceiver(respond)
  try {
    const { host, port } = receiver
    const key = randomBytes(32).toString('base64')
    const stateFile = join(folder, 'state.json')
    const stage: WebhookStage = { databaseUrl: postgres.url, stateFile, key, receiver: { host, port }, aheadMs: 0 }
    const database = await createDatabase(postgres.url)
    await migrate(database, { now: () => new Date() })
    await database.pool.query(
      `INSERT INTO encryption_keys (key_id, check_value, created_at) VALUES ('stored', '', now())`,
    )
    await database.close()
    const rooms = await openWebhooks(stage)
    try {
      return await work({ stage, receiver, rooms })
    } finally {
      await rooms.close()
    }
  } finally {
    receiver.close()
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

export interface OpenedStage {
  stage: WebhookStage
  receiver: Awaited<ReturnType<typeof startReceiver>>
  rooms: Awaited<ReturnType<typeof openWebhooks>>
}

/** Adds an endpoint of the receiver. */
export async function addEndpoint({ rooms, receiver }: OpenedStage, path: string, concurrency: number) {
  const url = `http://${receiver.host}:${receiver.port}${path}`
  return (await rooms.webhooks.endpoints.add({ name: path, url, concurrency }, 'person:proof')).endpoint
}

/** Appends events of these conversations, in one transaction. */
export async function appendEvents({ rooms }: OpenedStage, conversationIds: readonly string[]): Promise<void> {
  const { database, events, clock } = rooms
  await database.transaction((tx) =>
    events.appendAll(
      tx,
      conversationIds.map((conversationId) => ({
        ...{ kind: 'message.removed' as const, subjectId: newId(), at: clock.now() },
        payload: { conversationId },
      })),
    ),
  )
}
