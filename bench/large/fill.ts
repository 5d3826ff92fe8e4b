import { execFile } from 'node:child_process'
import { chmodSync, createWriteStream, rmSync, type WriteStream } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { createMonths } from '../../server/src/conversations/search/month-partitions.ts'
import { createDatabase } from '../../server/src/database/index.ts'
import { readDatabaseUrl } from '../../proofs/walk/traces.ts'
import { conversationLine, COPIED, laidId, letterLines, mailboxOf, type CopiedTable } from './copy-rows.ts'
import { MAILBOXES, writeYearsOfMail } from './years-of-mail.ts'

/** Stores years of mail by COPY, in mailboxes beside `accountId` that are never read from a server. */
export async function fillWithYears(
  { dataFolder }: { dataFolder: string },
  accountId: string,
  messages: number,
  say: (line: string) => void,
): Promise<void> {
  const url = readDatabaseUrl({ dataFolder })
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await layMailboxes(client, accountId)
    const until = new Date()
    await createPartitions(url, until)
    await client.query('DROP INDEX search_entries_words')
    const copies = await Promise.all(
      (['messages', 'message_locations', 'search_entries', 'attachments'] as const).map((table) =>
        openCopy(url, dataFolder, table),
      ),
    )
    const conversations = await writeYearsOfMail(messages, until, (letter) => {
      const lines = letterLines(letter)
      if (letter.n % 100_000 === 0) say(`${letter.n} of ${messages} messages are laid`)
      return untilWritten(copies.filter(({ table, stream }) => !stream.write(lines[table as keyof typeof lines])))
    })
    await Promise.all(copies.map((each) => each.close()))
    const copy = await openCopy(url, dataFolder, 'conversations')
    for (const [n, each] of conversations.entries()) {
      if (!copy.stream.write(conversationLine(each, n))) await once(copy.stream, 'drain')
    }
    await copy.close()
    say('indexing their words')
    await client.query(`SET maintenance_work_mem = '512MB'`)
    await client.query('CREATE INDEX search_entries_words ON search_entries USING gin (search)')
    // Autovacuum does this some minutes after so many writes.
    for (const table of Object.keys(COPIED)) await client.query(`VACUUM (ANALYZE, FREEZE) ${table}`)
    await client.query('CHECKPOINT')
  } finally {
    await client.end()
  }
}

function untilWritten(full: readonly { stream: WriteStream }[]): Promise<void> | undefined {
  return full.length === 0 ? undefined : Promise.all(full.map(({ stream }) => once(stream, 'drain'))).then(() => {})
}

/** Copies of a connected mailbox under other addresses, which sync leaves alone. */
async function layMailboxes(client: pg.Client, accountId: string): Promise<void> {
  for (let n = 0; n < MAILBOXES; n++) {
    const [id, folderId] = [laidId('account', n), laidId('folder', n)]
    const changed = { id, key: `L${n}`, state: 'paused', ...mailboxOf(n) }
    await client.query(
      `INSERT INTO email_accounts SELECT (jsonb_populate_record(known, $2)).* FROM email_accounts AS known WHERE id = $1`,
      [accountId, JSON.stringify(changed)],
    )
    await client.query('INSERT INTO account_sync_states (email_account_id, due_at) VALUES ($1, now())', [id])
    await client.query(`INSERT INTO folders VALUES ($1, $2, 'inbox', 'Inbox', 'inbox', true)`, [folderId, id])
    await client.query('INSERT INTO folder_sync_states (folder_id, imported) VALUES ($1, true)', [folderId])
  }
}

async function createPartitions(url: string, until: Date): Promise<void> {
  const database = await createDatabase(url)
  const months = Array.from({ length: 26 }, (_, n) => {
    const month = new Date(Date.UTC(until.getUTCFullYear(), until.getUTCMonth() - n))
    return month.toISOString().slice(0, 7).replace('-', '_')
  })
  await createMonths(database, months)
  await database.close()
}

/** Rows written to the stream arrive in the table: PostgreSQL reads a named pipe. */
async function openCopy(url: string, folder: string, table: CopiedTable) {
  const pipe = join(folder, `${table}.pipe`)
  rmSync(pipe, { force: true })
  await promisify(execFile)('mkfifo', [pipe])
  chmodSync(pipe, 0o644)
  const client = new pg.Client({ connectionString: url })
  // Reported by the query.
  client.on('error', () => undefined)
  await client.connect()
  // Without triggers: foreign keys would be checked row by row.
  await client.query('SET session_replication_role = replica')
  const copied = client.query(`COPY ${table} (${COPIED[table]}) FROM '${pipe}'`)
  const stream = createWriteStream(pipe, { highWaterMark: 1024 * 1024 })
  // A COPY that fails ends the pipe.
  copied.catch((error: unknown) => stream.destroy(error instanceof Error ? error : new Error(String(error))))
  return {
    table,
    stream,
    async close() {
      stream.end()
      await copied
      await client.end()
      rmSync(pipe)
    },
  }
}
