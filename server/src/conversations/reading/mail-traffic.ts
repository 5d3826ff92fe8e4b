import { sql, type Kysely } from 'kysely'
import type { Schema } from '../../database/index.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'
import type { Latency, Slots } from '../../kernel/slots.ts'

/** Mail received or sent in a slot, by server time. Imported mail is not counted. */
export interface Traffic {
  received: number
  sent: number
  /** Time from the server's `receivedAt` until the message was stored. */
  receiving: Latency | undefined
}

export interface SlotTraffic extends Traffic {
  at: Date
}

/** Returns traffic per slot; slots without mail are left out. Reads only an index. */
export async function mailTraffic(
  db: Kysely<Schema>,
  id: EmailAccountId,
  { from, to, slotMs }: Slots,
): Promise<{ slots: SlotTraffic[]; total: Traffic }> {
  // Servers report whole seconds and their clocks may differ, so a negative latency counts as 0.
  const { rows } = await sql<{ slot: number | null; received: number; sent: number; p50: number; most: number }>`
    SELECT slot,
      count(*) FILTER (WHERE direction = 'in')::int AS received,
      count(*) FILTER (WHERE direction = 'out')::int AS sent,
      percentile_disc(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE direction = 'in') AS p50,
      max(ms) FILTER (WHERE direction = 'in') AS most
    FROM (
      SELECT direction,
        greatest(round(extract(epoch FROM created_at - received_at) * 1000), 0)::float8 AS ms,
        floor(extract(epoch FROM received_at - ${from}::timestamptz) * 1000 / ${slotMs}::int)::int AS slot
      FROM messages
      WHERE email_account_id = ${id} AND NOT imported AND received_at >= ${from} AND received_at < ${to}
    ) AS arrived
    GROUP BY GROUPING SETS ((slot), ())
    ORDER BY slot NULLS LAST`.execute(db)
  const traffic = ({ received, sent, p50, most }: (typeof rows)[number]): Traffic => ({
    received,
    sent,
    receiving: received === 0 ? undefined : { count: received, p50Ms: p50, maxMs: most },
  })
  return {
    slots: rows.flatMap((row) =>
      row.slot === null ? [] : { at: new Date(from.getTime() + row.slot * slotMs), ...traffic(row) },
    ),
    total: traffic(rows.at(-1)!),
  }
}
