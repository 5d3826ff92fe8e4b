import { z } from 'zod'
import { closeSignal } from '../close-signal.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { toWithPassword, WantedImport } from './inputs.ts'

export const previewImport = ({ emailAccounts }: Rooms) =>
  route({
    at: 'POST /v1/email-accounts/import-preview',
    summary:
      'Counts the mail that each import window would bring, before the mailbox is associated, within a minute. Stores nothing.',
    authenticate: 'person',
    permit: signedInAdmins,
    validate: { body: WantedImport },
    act: ({ body, reply }) => emailAccounts.importPreview({ ...toWithPassword(body), signal: closeSignal(reply) }),
    present: {
      status: 200,
      schema: z.object({
        windows: z.array(
          z.object({
            days: z.int(),
            messages: z.int().describe('Counted by the server, without drafts.'),
            conversations: z
              .object({
                count: z.int(),
                isEstimate: z.boolean().describe('In proportion to the newest 1,000 messages of each folder.'),
              })
              .optional()
              .describe(
                'Conversations as the server groups them. Absent for IMAP, which counts messages only, and where the number is unknown.',
              ),
          }),
        ),
        foldersCounted: z.int(),
        foldersLeftOut: z.int().describe('Only the ten largest of the selected folders are counted.'),
        countsWholeDays: z.boolean().describe('IMAP servers compare days: mail of up to two more days is counted.'),
      }),
    },
  })
