import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { roundFigures } from '../../kernel/rounds.ts'
import { VERSION } from '../../kernel/version.ts'
import { anyone } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { createReadiness, secondsSinceProof } from './readiness.ts'

const Ready = z.object({
  status: z.literal('ok'),
  version: z.string().describe('Version of the server.'),
  now: z.iso.datetime(),
  secondsSinceProof: z
    .int()
    .nullable()
    .describe(
      'Age of the oldest successful reading of all mailboxes that are not paused, including failing ones; null without mailboxes.',
    ),
})

/** Never queries the database, because a restart of the process cannot fix it. */
export const getLiveness = () =>
  route({
    at: 'GET /livez',
    summary:
      'Returns the liveness of this process: 200 at once, without the database; a problem when a recurring task was abandoned three times in a row, and a restart may help.',
    authenticate: 'none',
    permit: anyone,
    validate: {},
    act: async () => {
      const stalled = roundFigures().filter(({ isStalled }) => isStalled)
      if (stalled.length > 0) {
        throw new AppError('kernel.stalled', { detail: stalled.map(({ name }) => name).join(', ') })
      }
      return { status: 'ok' as const }
    },
    present: { status: 200, schema: z.object({ status: z.literal('ok') }) },
  })

export const getReadiness = (rooms: Rooms) =>
  readinessAt(
    'GET /readyz',
    'Readiness of this process, within 2 seconds: 200, or a problem while its database does not answer, lacks migrations of this version, or the process is ending.',
    rooms,
  )

/** For monitoring set up before the two endpoints existed. */
export const getHealth = (rooms: Rooms) => readinessAt('GET /healthz', 'The same as /readyz.', rooms)

function readinessAt(at: 'GET /readyz' | 'GET /healthz', summary: string, rooms: Rooms) {
  const check = createReadiness({ ...rooms, isEnding: rooms.isEnding ?? (() => false) })
  return route({
    at,
    summary,
    authenticate: 'none',
    permit: anyone,
    validate: {},
    act: async () => {
      const ready = await check()
      return {
        status: 'ok' as const,
        version: VERSION,
        now: ready.now.toISOString(),
        secondsSinceProof: secondsSinceProof(ready),
      }
    },
    present: { status: 200, schema: Ready },
  })
}
