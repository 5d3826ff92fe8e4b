import { z } from 'zod'
import { line, Reason, Time } from '../fields.ts'

const Count = z.int().min(0)

export const AccountActionSettings = z
  .object({
    marksRead: z.boolean().describe('Marks messages as read in the mailbox when a person reads or closes them.'),
    movesClosed: z.boolean().describe('Moves messages of closed conversations to `closedFolder`.'),
    closedFolder: z
      .object({ remoteId: z.string(), name: z.string() })
      .optional()
      .describe('Missing while `movesClosed` is true: the folder no longer exists.'),
    movesSpam: z.boolean().describe('Moves messages of spam to Junk.'),
    movesDeleted: z.boolean().describe('Moves messages of deleted conversations to Deleted Items.'),
    waiting: Count.describe('Messages with a pending action.'),
    failed: Count.describe('Messages whose action failed repeatedly.'),
    failure: Reason.optional().describe('Error of a failed action.'),
    leftOut: Count.describe('Conversations without actions because too many were waiting.'),
    fault: z
      .object({ reason: Reason, since: Time, nextTryAt: Time.optional() })
      .optional()
      .describe('Reason why all actions of the mailbox wait.'),
    obstacle: Reason.optional().describe('Reason why actions can’t be switched on.'),
  })
  .meta({ id: 'AccountActionSettings' })

export const AccountActionChanges = z.strictObject({
  marksRead: z.boolean().optional(),
  closedFolderRemoteId: line
    .min(1)
    .max(500)
    .nullable()
    .optional()
    .describe('Folder for messages of closed conversations. `null`: they stay where they are.'),
  movesSpam: z.boolean().optional(),
  movesDeleted: z.boolean().optional(),
})
