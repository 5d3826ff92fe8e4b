/** Linked sign-ins of other people, for admins. */
import { z } from 'zod'
import type { LinkedIdentityId, PersonId } from '../../kernel/ids.ts'
import { personOf, toActor } from '../caller.ts'
import { id, idParam } from '../ids.ts'
import { freshAdmins, signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { LinkedSignIns, linkedSignInsOf } from './linked-sign-ins.ts'

export const listLinkedSignInsOf = (rooms: Rooms) =>
  route({
    at: 'GET /v1/people/:id/linked-sign-ins',
    summary: 'Lists the accounts at sign-in providers by which a person signs in.',
    authenticate: 'person',
    permit: signedInAdmins,
    validate: { params: idParam<PersonId>() },
    act: async ({ params }) => {
      const person = await rooms.people.people.get(params.id)
      return linkedSignInsOf(rooms, person.id)
    },
    present: { status: 200, schema: LinkedSignIns },
  })

export const unlinkSignInOf = ({ people, linkedIdentities, openStreams }: Rooms) =>
  route({
    at: 'DELETE /v1/people/:id/linked-sign-ins/:linkId',
    summary: 'Removes a link of a person and ends their sessions. One’s own last way to sign in is refused.',
    authenticate: 'person',
    permit: freshAdmins,
    validate: { params: z.object({ id: id<PersonId>(), linkId: id<LinkedIdentityId>() }) },
    act: async ({ params, caller }) => {
      const { id: adminId, session } = personOf(caller)
      const { id: personId } = await people.people.get(params.id)
      const isOwn = personId === adminId
      const link = { personId, id: params.linkId, actor: toActor(caller) }
      // Another person without a way to sign in gets a link from an admin.
      await linkedIdentities.unlink({ ...link, ...(isOwn ? { exceptSession: session.id } : { mayStrand: true }) })
      if (!isOwn) openStreams.endOf(personId)
    },
    present: { status: 204 },
  })
