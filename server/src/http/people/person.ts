import { z } from 'zod'
import { ROLES } from '../../people/index.ts'
import { Time } from '../fields.ts'

export const Person = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    role: z.enum(ROLES),
    emailAccountIds: z.array(z.string()).describe('Mailboxes that an agent may see. An admin sees all.'),
    createdAt: Time,
  })
  .meta({ id: 'Person' })
