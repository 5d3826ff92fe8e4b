import type { PersonId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { CreatedLink, showOnce } from '../links/link.ts'
import { freshAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const makeResetLink = ({ people }: Rooms) =>
  route({
    at: 'POST /v1/people/:id/reset-link',
    summary:
      'Creates a link for choosing a new password: valid for a day, usable once, shown once. Ends the sessions of the person, except the one of this request.',
    authenticate: 'person',
    permit: freshAdmins,
    validate: { params: idParam<PersonId>() },
    act: async ({ params, caller }) => {
      const exceptSession = caller.kind === 'person' ? caller.session.id : undefined
      return showOnce(await people.links.reset(params.id, toActor(caller), { exceptSession }))
    },
    present: { status: 201, schema: CreatedLink, location: ({ id }) => `/v1/invitations/${id}` },
  })
