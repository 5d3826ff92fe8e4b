import { z } from 'zod'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Folder } from './email-account.ts'
import { WantedMail, toWithPassword } from './inputs.ts'

export const lookForFolders = ({ emailAccounts }: Rooms) =>
  route({
    at: 'POST /v1/email-accounts/folders',
    summary: 'Lists the readable folders of a mailbox before it is associated.',
    authenticate: 'person',
    permit: signedInAdmins,
    validate: { body: WantedMail },
    act: async ({ body }) => ({ folders: await emailAccounts.foldersFor(toWithPassword(body)) }),
    present: { status: 200, schema: z.object({ folders: z.array(Folder) }) },
  })
