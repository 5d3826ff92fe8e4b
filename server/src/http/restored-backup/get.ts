import { z } from 'zod'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { RestoredBackup } from './restored-backup.ts'

export const getRestoredBackup = ({ heldMail }: Rooms) =>
  route({
    at: 'GET /v1/restored-backup',
    summary: 'Returns the restored backup that holds messages, or the last detected one, with its messages.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: {},
    act: async () => ({ restoredBackup: await heldMail.latest() }),
    present: { status: 200, schema: z.object({ restoredBackup: RestoredBackup.optional() }) },
  })
