import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'

export interface StoredMessages {
  /** Message-ID of each row, as often as there are rows. */
  messageIds: string[]
  /** Number of their folder memberships. */
  places: number
  /** Start of the import window. */
  importFrom: Date
}

/** Messages of an account in Postkey's database. */
export async function storedMessages(databaseUrl: string, accountId: string): Promise<StoredMessages> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ messageId: string }>(
      'SELECT message_id AS "messageId" FROM messages WHERE email_account_id = $1',
      [accountId],
    )
    const places = await client.query<{ n: string }>(
      `SELECT count(*) AS n FROM message_locations l JOIN messages m ON m.id = l.message_id WHERE m.email_account_id = $1`,
      [accountId],
    )
    const account = await client.query<{ importFrom: Date }>(
      'SELECT import_from AS "importFrom" FROM email_accounts WHERE id = $1',
      [accountId],
    )
    return {
      messageIds: rows.map(({ messageId }) => messageId),
      places: Number(places.rows[0]!.n),
      importFrom: account.rows[0]!.importFrom,
    }
  } finally {
    await client.end()
  }
}

/** Position in a page of 125: no page is at its end after so many, wherever the counting started. */
const IN_PAGE = 40
const LIMIT_MS = 60_000

/**
 * Resolves while a page of messages is being stored: event numbers are assigned, which is visible from outside although
 * the transaction that takes them is open (PostgreSQL, CREATE SEQUENCE).
 */
export async function untilInPage(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const given = async () =>
    Number((await client.query<{ n: string }>('SELECT last_value AS n FROM events_id_seq')).rows[0]!.n)
  try {
    const [before, limit] = [await given(), Date.now() + LIMIT_MS]
    while ((await given()) < before + IN_PAGE) {
      if (Date.now() > limit) throw new Error(`no page was stored within ${LIMIT_MS} ms`)
      await pause(1)
    }
  } finally {
    await client.end()
  }
}
