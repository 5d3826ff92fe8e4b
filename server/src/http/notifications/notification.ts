import { z } from 'zod'
import { NOTIFICATION_KINDS } from '../../notifications/index.ts'
import { Time } from '../fields.ts'

export const Kind = z.enum(NOTIFICATION_KINDS)

export const Notification = z
  .object({
    id: z.int().describe('Increases with each notification.'),
    kind: Kind.describe(
      '`unassigned`: new mail without assignee. `answered`: mail from a customer in a conversation of the person. `followed`: in one that they follow.',
    ),
    emailAccountId: z.string(),
    conversationId: z.string().optional().describe('Absent for a message that could not be sent and began none.'),
    subject: z.string(),
    sender: z.string().optional().describe('Name or address of the customer, for received mail.'),
    by: z.string().optional().describe('Actor, such as `person:<id>`, of an assignment or a mention.'),
    byName: z.string().optional().describe('Absent for a program.'),
    at: Time,
    readAt: Time.optional(),
  })
  .meta({ id: 'Notification' })
