import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { Deferred } from '../../kernel/deferred.ts'

/** A file that is uploaded to a message in pieces. */
export interface UploadSession {
  id: string
  appId: string
  mailboxId: string
  messageKey: number
  /** Message id in the client's form, which the responses use as well. */
  messageId: string
  name: string
  contentType: string
  sizeBytes: number
  isInline: boolean
  contentId: string | undefined
  /** Number of bytes stored so far. */
  receivedBytes: number
  expiresAt: number
}

export interface UploadSessions {
  /** Creates a session. `token` is returned only here and stored as a hash. */
  open(file: Omit<UploadSession, 'id' | 'receivedBytes' | 'expiresAt'>): { session: UploadSession; token: string }
  /** `undefined` when the session does not exist or has ended. */
  find(id: string): UploadSession | undefined
  isToken(id: string, token: string): boolean
  append(session: UploadSession, bytes: Uint8Array): UploadSession
  content(session: UploadSession): Uint8Array
  remove(id: string): void
}

/**
 * Lifetime of the URL. Unconfirmed: Microsoft documents none; in its example, a session outlives the upload by an hour
 * and forty minutes. Pieces do not extend it.
 */
const LIFETIME_MS = 2 * 60 * 60 * 1000

const TABLES = `
  CREATE TABLE IF NOT EXISTS upload_sessions (
    id TEXT PRIMARY KEY, token_hash BLOB NOT NULL, received_bytes INTEGER NOT NULL, expires_at INTEGER NOT NULL,
    file TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS upload_session_pieces (
    session_id TEXT NOT NULL REFERENCES upload_sessions ON DELETE CASCADE, first_byte INTEGER NOT NULL,
    bytes BLOB NOT NULL, PRIMARY KEY (session_id, first_byte)
  ) STRICT;`

const EXPIRY = 'graph.upload-session.expiry'

interface Row {
  id: string
  received_bytes: number
  expires_at: number
  file: string
}

export function createUploadSessions(database: Database, clock: Clock, deferred: Deferred): UploadSessions {
  database.addTables(TABLES)
  deferred.handle(EXPIRY, ({ id }: { id: string }) => sessions.remove(id))

  const hash = (token: string) => createHash('sha256').update(token).digest()

  const sessions: UploadSessions = {
    open(file) {
      const session = {
        ...file,
        id: `AAMk${randomBytes(42).toString('base64url')}`,
        receivedBytes: 0,
        expiresAt: clock.now().getTime() + LIFETIME_MS,
      }
      const token = randomBytes(32).toString('base64url')
      database.run(
        'INSERT INTO upload_sessions VALUES (?, ?, 0, ?, ?)',
        session.id,
        hash(token),
        session.expiresAt,
        JSON.stringify(file),
      )
      deferred.schedule(EXPIRY, new Date(session.expiresAt), { id: session.id })
      return { session, token }
    },
    find(id) {
      const row = database.get<Row>(
        'SELECT id, received_bytes, expires_at, file FROM upload_sessions WHERE id = ? AND expires_at > ?',
        id,
        clock.now().getTime(),
      )
      if (!row) return undefined
      const file = JSON.parse(row.file) as UploadSession
      return {
        ...file,
        id: row.id,
        contentId: file.contentId,
        receivedBytes: row.received_bytes,
        expiresAt: row.expires_at,
      }
    },
    isToken(id, token) {
      const row = database.get<{ token_hash: Uint8Array }>('SELECT token_hash FROM upload_sessions WHERE id = ?', id)
      return row !== undefined && timingSafeEqual(row.token_hash, hash(token))
    },
    append(session, bytes) {
      return database.transaction(() => {
        const receivedBytes = session.receivedBytes + bytes.length
        database.run('INSERT INTO upload_session_pieces VALUES (?, ?, ?)', session.id, session.receivedBytes, bytes)
        database.run('UPDATE upload_sessions SET received_bytes = ? WHERE id = ?', receivedBytes, session.id)
        return { ...session, receivedBytes }
      })
    },
    content({ id }) {
      const pieces = database.all<{ bytes: Uint8Array }>(
        'SELECT bytes FROM upload_session_pieces WHERE session_id = ? ORDER BY first_byte',
        id,
      )
      return Buffer.concat(pieces.map(({ bytes }) => bytes))
    },
    remove(id) {
      database.run('DELETE FROM upload_sessions WHERE id = ?', id)
    },
  }
  return sessions
}
