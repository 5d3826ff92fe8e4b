import { z } from 'zod'
import { Address, Time } from '../fields.ts'

export const RestoredBackup = z
  .object({
    id: z.string(),
    reason: z
      .enum(['restored', 'older', 'other-database', 'unknown-host'])
      .describe(
        'Detection: the command `restore` marked the database, or it has less than this host has seen, does not know what this host has seen, or was not in use and is new to this host.',
      ),
    fromAt: Time.describe('Last activity in the restored database.'),
    seenAt: Time.optional().describe('Last activity before the restore, if this host has seen it.'),
    detectedAt: Time,
    counts: z.object({
      all: z.int(),
      held: z.int(),
      found: z.int().describe('Found in Sent.'),
      notFound: z.int().describe('Held, and not in Sent.'),
      pending: z.int().describe('Held, and not searched yet.'),
    }),
    messages: z
      .array(
        z.object({
          submissionId: z.string(),
          emailAccountId: z.string(),
          emailAccount: z.object({ name: z.string(), address: z.string() }),
          to: z.array(Address),
          subject: z.string(),
          isAutomatic: z.boolean(),
          createdAt: Time,
          inSent: z
            .enum(['pending', 'found', 'not-found', 'unreadable'])
            .describe('`unreadable`: the Sent folder of the mailbox is not read.'),
          state: z.enum(['queued', 'sending', 'handed-over', 'sent', 'unknown', 'failed', 'canceled']),
          isHeld: z.boolean().describe('A person must send or discard it.'),
        }),
      )
      .describe('Held messages first, oldest first; at most 500.'),
  })
  .meta({ id: 'RestoredBackup' })
