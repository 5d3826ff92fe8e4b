import { z } from 'zod'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Folder } from './email-account.ts'

export const listFolders = ({ emailAccounts }: Rooms) =>
  route({
    at: 'GET /v1/email-accounts/:id/folders',
    summary: 'Lists the folders on the server, and marks those that are read.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>() },
    act: async ({ params }) => ({ folders: await emailAccounts.folderChoices(params.id) }),
    present: { status: 200, schema: z.object({ folders: z.array(Folder.extend({ synced: z.boolean() })) }) },
  })
