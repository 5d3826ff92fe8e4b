import { sql } from 'kysely'
import { z } from 'zod'
import { anybody } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

/** States in which a mailbox is read by itself: what is degraded or waits for somebody is told of elsewhere. */
const READ_BY_ITSELF = ['connecting', 'importing', 'connected']

export const getHealth = ({ database, clock }: Rooms) =>
  route({
    at: 'GET /healthz',
    summary:
      'Whether this process serves: 200 and its time, or a problem when its database is away; and how long ago the mailbox that was proven least lately, of those that are well, was read.',
    authenticate: 'nobody',
    permit: anybody,
    validate: {},
    act: async () => {
      const { rows } = await sql<{ at: Date | null }>`SELECT min(coalesce(last_read_at, created_at)) AS at
        FROM email_accounts WHERE state = ANY(${READ_BY_ITSELF})`.execute(database.db)
      const now = clock.now()
      const at = rows[0]?.at
      return {
        status: 'ok' as const,
        now: now.toISOString(),
        secondsSinceProof: at ? Math.max(0, Math.round((now.getTime() - at.getTime()) / 1000)) : null,
      }
    },
    present: {
      status: 200,
      schema: z.object({
        status: z.literal('ok'),
        now: z.iso.datetime(),
        secondsSinceProof: z
          .int()
          .nullable()
          .describe('Of the mailbox that was read least lately, of those that are well; null when there is none.'),
      }),
    },
  })
