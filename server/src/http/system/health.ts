import { sql } from 'kysely'
import { z } from 'zod'
import { anybody } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const getHealth = ({ database, clock }: Rooms) =>
  route({
    at: 'GET /healthz',
    summary: 'Whether this process serves: 200 and its time, or a problem when its database is away.',
    authenticate: 'nobody',
    permit: anybody,
    validate: {},
    act: async () => {
      await sql`select 1`.execute(database.db)
      return { status: 'ok' as const, now: clock.now().toISOString() }
    },
    present: { status: 200, schema: z.object({ status: z.literal('ok'), now: z.iso.datetime() }) },
  })
