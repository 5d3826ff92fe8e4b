import { randomUUID } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { readMessageId } from './outside-mail.ts'

/** One copy of a message for one external recipient. */
export interface OutsideMail {
  /** Grows with each arrival, so that a client that stores the last one misses none. */
  sequence: number
  id: string
  recipient: string
  /** Reverse-path; empty for reports. */
  envelopeFrom: string
  receivedAt: Date
  sizeBytes: number
}

export interface Person {
  address: string
  name: string | undefined
  messages: number
}

/** Stores all mail that left Exchange, and its recipients. */
export interface MailDrop {
  add(mail: { from: string; to: string; mime: Uint8Array }): OutsideMail
  find(id: string): OutsideMail | undefined
  /** The newest copy of the message with this Message-ID, in angle brackets. */
  findByMessageId(messageId: string): OutsideMail | undefined
  mime(id: string): Uint8Array | undefined
  /** First bytes of the message, sufficient for its header. */
  beginning(id: string): Uint8Array
  /** Oldest first. Without `after`, the newest `limit` messages. */
  list(query: { to?: string | undefined; after?: number | undefined; limit: number }): OutsideMail[]
  lastSequence(): number
  people(): Person[]
  /** Stores a person with a display name; a later name replaces an earlier one. */
  remember(address: string, name?: string): void
  nameOf(address: string): string | undefined
  /** Resolves on an arrival, after `waitMs`, or when `signal` aborts. */
  nextArrival: (waitMs: number, signal: AbortSignal) => Promise<void>
}

const BEGINNING_BYTES = 256 * 1024
const COLUMNS = `sequence, id, recipient, envelope_from AS envelopeFrom, received_at AS receivedAt,
  length(mime) AS sizeBytes`

type Row = Omit<OutsideMail, 'receivedAt'> & { receivedAt: number }

export function createMailDrop(database: Database, clock: Clock): MailDrop {
  database.addTables(`
    CREATE TABLE IF NOT EXISTS outside_people (address TEXT PRIMARY KEY COLLATE NOCASE, name TEXT) STRICT;
    CREATE TABLE IF NOT EXISTS outside_mail (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, recipient TEXT NOT NULL COLLATE NOCASE,
      envelope_from TEXT NOT NULL, message_id TEXT, received_at INTEGER NOT NULL, mime BLOB NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS outside_mail_message_id ON outside_mail (message_id);
    CREATE INDEX IF NOT EXISTS outside_mail_recipient ON outside_mail (recipient, sequence);`)
  if (database.get('SELECT 1 FROM outside_people') === undefined) {
    database.run('INSERT INTO outside_people VALUES (?, ?)', 'customer@customer.example', 'Kim Customer')
  }

  const waiting = new Set<() => void>()
  const toMail = (row: Row): OutsideMail => ({ ...row, receivedAt: new Date(row.receivedAt) })

  const drop: MailDrop = {
    add({ from, to, mime }) {
      const id = randomUUID()
      const receivedAt = clock.now()
      const sequence = database.transaction(() => {
        drop.remember(to)
        return database.run(
          `INSERT INTO outside_mail (id, recipient, envelope_from, message_id, received_at, mime)
           VALUES (?, ?, ?, ?, ?, ?)`,
          id,
          to,
          from,
          readMessageId(mime) ?? null,
          receivedAt.getTime(),
          mime,
        ).lastInsertRowid
      })
      for (const wake of waiting) wake()
      return { sequence, id, recipient: to, envelopeFrom: from, receivedAt, sizeBytes: mime.byteLength }
    },
    find(id) {
      const row = database.get<Row>(`SELECT ${COLUMNS} FROM outside_mail WHERE id = ?`, id)
      return row && toMail(row)
    },
    findByMessageId(messageId) {
      const sql = `SELECT ${COLUMNS} FROM outside_mail WHERE message_id = ? ORDER BY sequence DESC LIMIT 1`
      const row = database.get<Row>(sql, messageId)
      return row && toMail(row)
    },
    mime: (id) => database.get<{ mime: Uint8Array }>('SELECT mime FROM outside_mail WHERE id = ?', id)?.mime,
    beginning: (id) =>
      database.get<{ beginning: Uint8Array }>(
        'SELECT substr(mime, 1, ?) AS beginning FROM outside_mail WHERE id = ?',
        BEGINNING_BYTES,
        id,
      )?.beginning ?? new Uint8Array(),
    list({ to, after, limit }) {
      const direction = after === undefined ? 'DESC' : 'ASC'
      const rows = database.all<Row>(
        `SELECT ${COLUMNS} FROM outside_mail WHERE sequence > ? ${to === undefined ? '' : 'AND recipient = ?'}
         ORDER BY sequence ${direction} LIMIT ?`,
        ...[after ?? 0, ...(to === undefined ? [] : [to]), limit],
      )
      return (after === undefined ? rows.reverse() : rows).map(toMail)
    },
    lastSequence: () =>
      database.get<{ last: number | null }>('SELECT MAX(sequence) AS last FROM outside_mail')?.last ?? 0,
    people: () =>
      database
        .all<{ address: string; name: string | null; messages: number }>(
          `SELECT address, name, (SELECT COUNT(*) FROM outside_mail WHERE recipient = address) AS messages
           FROM outside_people ORDER BY address`,
        )
        .map(({ name, ...person }) => ({ ...person, name: name ?? undefined })),
    remember(address, name) {
      database.run(
        `INSERT INTO outside_people VALUES (?, ?)
         ON CONFLICT (address) DO UPDATE SET name = COALESCE(excluded.name, name)`,
        address.toLowerCase(),
        name === undefined || name === '' ? null : name,
      )
    },
    nameOf: (address) =>
      database.get<{ name: string | null }>('SELECT name FROM outside_people WHERE address = ?', address)?.name ??
      undefined,
    nextArrival(waitMs, signal) {
      return new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer)
          waiting.delete(done)
          signal.removeEventListener('abort', done)
          resolve()
        }
        const timer = setTimeout(done, waitMs)
        waiting.add(done)
        signal.addEventListener('abort', done)
        if (signal.aborted) done()
      })
    },
  }
  return drop
}
