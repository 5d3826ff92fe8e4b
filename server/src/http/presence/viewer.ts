import { z } from 'zod'
import type { ViewerActivity, Viewer as StoredViewer } from '../../conversations/index.ts'
import { Time } from '../fields.ts'
import type { Rooms } from '../rooms.ts'

export const Activity = z.enum(['viewing', 'writing'] satisfies ViewerActivity[])

export const Viewer = z
  .object({
    personId: z.string().describe('A person, or `api-key:` and the id of a key.'),
    name: z.string().optional().describe('Absent for a key.'),
    activity: Activity,
    since: Time,
    expiresInMs: z.int().describe('Milliseconds until the viewer disappears without another report.'),
  })
  .meta({ id: 'Viewer' })

export const ViewerList = z.object({ viewers: z.array(Viewer) })

/** Adds names with one query, or none when the caller is alone. */
export async function withNames({ people, clock }: Pick<Rooms, 'people' | 'clock'>, viewers: readonly StoredViewer[]) {
  const names = await people.people.namesOf(viewers.map(({ viewer }) => viewer))
  const now = clock.now().getTime()
  return {
    viewers: viewers.map(({ viewer, activity, since, expiresAt }) => ({
      ...{ personId: viewer, name: names.get(viewer) },
      ...{ activity, since, expiresInMs: Math.max(0, expiresAt.getTime() - now) },
    })),
  }
}
