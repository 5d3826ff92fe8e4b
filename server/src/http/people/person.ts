import { z } from 'zod'
import { ROLES } from '../../people/index.ts'
import { Time } from '../fields.ts'

export const Person = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    role: z.enum(ROLES),
    emailAccountIds: z
      .array(z.string())
      .describe(
        'Mailboxes that a supervisor or agent may see. An admin sees all; an auditor sees the health of all, and no mail.',
      ),
    createdAt: Time,
  })
  .meta({ id: 'Person' })
