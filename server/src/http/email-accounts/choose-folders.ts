import { z } from 'zod'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { line } from '../fields.ts'
import { idParam } from '../ids.ts'
import { adminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const chooseFolders = ({ emailAccounts }: Rooms) =>
  route({
    at: 'PUT /v1/email-accounts/:id/folders',
    summary: 'Sets the folders to read from now on. Mail read before stays.',
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    whose: ({ params }) => params.id,
    validate: {
      params: idParam<EmailAccountId>(),
      body: z.strictObject({ folderRemoteIds: z.array(line.min(1).max(500)).min(1).max(500) }),
    },
    act: ({ params, body, caller }) => emailAccounts.chooseFolders(params.id, body.folderRemoteIds, toActor(caller)),
    present: { status: 204 },
  })
