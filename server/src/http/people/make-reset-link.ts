import type { PersonId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { CreatedLink, showOnce } from '../links/link.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const makeResetLink = ({ people }: Rooms) =>
  route({
    at: 'POST /v1/people/:id/reset-link',
    summary: 'Creates a link for choosing a new password: valid for a day, usable once, shown once.',
    authenticate: 'person',
    permit: signedInAdmins,
    validate: { params: idParam<PersonId>() },
    act: async ({ params, caller }) => showOnce(await people.links.reset(params.id, toActor(caller))),
    present: { status: 201, schema: CreatedLink },
  })
