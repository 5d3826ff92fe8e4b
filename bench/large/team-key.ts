import type { Stage } from '../stage.ts'

const SIZE = 4
const SHARE = 0.2

/** Creates an API key for four of the laid mailboxes, which together have a fifth of the messages. */
export async function createTeamKey({ client, database }: Pick<Stage, 'client' | 'database'>): Promise<string> {
  const { rows } = await database.query<{ id: string; messages: number }>(
    `SELECT email_account_id AS id, sum(message_count)::integer AS messages FROM conversations
     JOIN email_accounts ON email_accounts.id = email_account_id AND state = 'paused' GROUP BY 1 ORDER BY 1`,
  )
  const wanted = rows.reduce((sum, { messages }) => sum + messages, 0) * SHARE
  const { key } = await client.call<{ key: string }>('POST', '/v1/api-keys', {
    name: 'Bench team',
    scopes: ['mail:read', 'mail:write'],
    emailAccountIds: chooseMailboxes(rows, SIZE, wanted).map(({ id }) => id),
  })
  return key
}

/** The `size` mailboxes whose messages add up to the number nearest to `wanted`. */
export function chooseMailboxes<Mailbox extends { messages: number }>(
  mailboxes: readonly Mailbox[],
  size: number,
  wanted: number,
): Mailbox[] {
  const all = combinations(mailboxes, size)
  const distance = (chosen: readonly Mailbox[]) =>
    Math.abs(chosen.reduce((sum, { messages }) => sum + messages, -wanted))
  return all.reduce((best, chosen) => (distance(chosen) < distance(best) ? chosen : best))
}

function combinations<T>(of: readonly T[], size: number): T[][] {
  if (size === 0) return [[]]
  return of.flatMap((first, n) => combinations(of.slice(n + 1), size - 1).map((others) => [first, ...others]))
}
