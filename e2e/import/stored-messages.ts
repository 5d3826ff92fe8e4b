import pg from 'pg'

export interface StoredMessages {
  /** Message-ID of each row, as often as there are rows. */
  messageIds: string[]
  /** How many places in folders they have. */
  places: number
  /** From when on mail is imported. */
  importFrom: Date
}

/** What Postkey holds of an account, as its database has it. */
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
