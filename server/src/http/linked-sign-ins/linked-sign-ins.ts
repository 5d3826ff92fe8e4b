import { z } from 'zod'
import type { IdentityProviderId, LinkedIdentityId, PersonId } from '../../kernel/ids.ts'
import { personOf, toActor } from '../caller.ts'
import { Time } from '../fields.ts'
import { id, idParam } from '../ids.ts'
import { returnPath } from '../openid-sign-ins/begin.ts'
import { freshPeople, signedInPeople } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { mailOrigin } from '../../people/index.ts'
import { signInClient } from '../session/client.ts'

export const LinkedSignIn = z
  .object({
    id: z.string(),
    identityProviderId: z.string(),
    provider: z.string(),
    userName: z.string(),
    linkedAt: Time,
    lastUsedAt: Time.optional(),
    isOnlyWay: z.boolean().describe('Nothing else signs the person in.'),
  })
  .meta({ id: 'LinkedSignIn' })

export const LinkedSignIns = z.object({ linkedSignIns: z.array(LinkedSignIn) })

/** Links of a person, with the names of their providers. */
export async function linkedSignInsOf(
  { linkedIdentities, identityProviders }: Pick<Rooms, 'linkedIdentities' | 'identityProviders'>,
  personId: PersonId,
) {
  const [links, providers] = await Promise.all([linkedIdentities.list(personId), identityProviders.list()])
  const names = new Map(providers.map((provider) => [provider.id, provider.name]))
  return { linkedSignIns: links.map((link) => ({ ...link, provider: names.get(link.identityProviderId) ?? '' })) }
}

export const listLinkedSignIns = ({ linkedIdentities, identityProviders }: Rooms) =>
  route({
    at: 'GET /v1/linked-sign-ins',
    summary: 'Lists the accounts at sign-in providers by which the signed-in person signs in.',
    authenticate: 'person',
    permit: signedInPeople,
    validate: {},
    act: ({ caller }) => linkedSignInsOf({ linkedIdentities, identityProviders }, personOf(caller).id),
    present: { status: 200, schema: LinkedSignIns },
  })

export const linkSignIn = ({ openIdSignIns, browserSessions }: Rooms) =>
  route({
    at: 'POST /v1/linked-sign-ins',
    summary: 'Begins a sign-in whose account is linked to the signed-in person. Open `url` in the same browser.',
    authenticate: 'browser',
    permit: freshPeople,
    validate: {
      body: z.strictObject({ identityProviderId: id<IdentityProviderId>(), returnTo: returnPath.optional() }),
    },
    repeated: 'attempt',
    act: ({ body, caller, request, reply }) => {
      const { id: personId, session } = personOf(caller)
      const sessionHash = browserSessions.hashFor(request, reply)
      const linkTo = { personId, sessionId: session.id }
      return openIdSignIns.begin({ ...body, sessionHash, clientAddress: request.ip, linkTo })
    },
    present: { status: 201, schema: z.object({ url: z.string() }).meta({ id: 'StartedLink' }) },
  })

export const unlinkSignIn = ({ linkedIdentities, browserSessions }: Rooms) =>
  route({
    at: 'DELETE /v1/linked-sign-ins/:id',
    summary: 'Removes a link of the signed-in person, unless nothing else signs them in. Their other sessions end.',
    authenticate: 'person',
    permit: freshPeople,
    validate: { params: idParam<LinkedIdentityId>() },
    act: async ({ params, caller, request, reply }) => {
      const { id: personId, session } = personOf(caller)
      const origin = mailOrigin(signInClient(request, reply, browserSessions))
      const link = { personId, id: params.id, actor: toActor(caller), origin, exceptSession: session.id }
      await linkedIdentities.unlink(link)
    },
    present: { status: 204 },
  })
