import { z } from 'zod'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { ROLES } from '../../people/index.ts'
import { toActor } from '../caller.ts'
import { emailAddress, name } from '../fields.ts'
import { id } from '../ids.ts'
import { CreatedLink, showOnce } from '../links/link.ts'
import { freshAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const createInvitation = ({ people }: Rooms) =>
  route({
    at: 'POST /v1/invitations',
    summary: 'Creates an invitation link: valid for a day, usable once, shown once. Replaces an earlier one.',
    authenticate: 'person',
    permit: freshAdmins,
    validate: {
      body: z.strictObject({
        email: emailAddress,
        name,
        role: z.enum(ROLES),
        emailAccountIds: z.array(id<EmailAccountId>()).max(1000).default([]),
      }),
    },
    act: async ({ body, caller }) => showOnce(await people.links.invite(body, toActor(caller))),
    present: { status: 201, schema: CreatedLink },
  })
