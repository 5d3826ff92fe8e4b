import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { Deferred } from '../../kernel/deferred.ts'

export interface QueuedMessage {
  mailboxId: string
  from: string
  to: string[]
  mime: Uint8Array
  submittedAt: Date
}

interface Row {
  mailbox_id: string
  envelope_from: string
  envelope_to: string
  mime: Uint8Array
  submitted_at: number
}

const KIND = 'transport.deliver'

/** Queue of messages between acceptance and delivery. Stored in the file, so a stop loses none. */
export function createQueue(
  database: Database,
  clock: Clock,
  deferred: Deferred,
  deliver: (message: QueuedMessage) => Promise<void>,
) {
  database.addTables(`
    CREATE TABLE IF NOT EXISTS transport_queue (
      id INTEGER PRIMARY KEY, mailbox_id TEXT NOT NULL, envelope_from TEXT NOT NULL, envelope_to TEXT NOT NULL,
      mime BLOB NOT NULL, submitted_at INTEGER NOT NULL
    ) STRICT;`)

  deferred.handle<{ id: number }>(KIND, async ({ id }) => {
    const row = database.get<Row>('SELECT * FROM transport_queue WHERE id = ?', id)
    if (!row) return
    await deliver({
      mailboxId: row.mailbox_id,
      from: row.envelope_from,
      to: JSON.parse(row.envelope_to) as string[],
      mime: row.mime,
      submittedAt: new Date(row.submitted_at),
    })
    database.run('DELETE FROM transport_queue WHERE id = ?', id)
  })

  // Messages left by a stopped process exist only in this table, so their delivery is scheduled again.
  for (const { id } of database.all<{ id: number }>('SELECT id FROM transport_queue ORDER BY id')) schedule(id)

  function schedule(id: number): void {
    deferred.schedule(KIND, clock.now(), { id })
  }

  return {
    add({ mailboxId, from, to, mime, submittedAt }: QueuedMessage): void {
      const { lastInsertRowid } = database.run(
        `INSERT INTO transport_queue (mailbox_id, envelope_from, envelope_to, mime, submitted_at)
         VALUES (?, ?, ?, ?, ?)`,
        mailboxId,
        from,
        JSON.stringify(to),
        mime,
        submittedAt.getTime(),
      )
      schedule(lastInsertRowid)
    },
  }
}
