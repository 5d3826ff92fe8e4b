import { z } from 'zod'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const getImport = ({ emailAccounts, sync }: Rooms) =>
  route({
    at: 'GET /v1/email-accounts/:id/import',
    summary: 'Returns the progress of the import.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>() },
    act: async ({ params }) => ({
      ...(await emailAccounts.importProgress(params.id)),
      unfiled: await sync.unfiledCount(params.id),
    }),
    present: {
      status: 200,
      schema: z.object({
        imported: z.int(),
        aboutTotal: z.int(),
        done: z.boolean(),
        unfiled: z.int().describe('Messages that could not be stored; they are retried.'),
      }),
    },
  })
