/** Another proof of identity by a sign-in at a provider, for people who have linked their account there. */
import { z } from 'zod'
import type { IdentityProviderId } from '../../kernel/ids.ts'
import { personOf } from '../caller.ts'
import { id } from '../ids.ts'
import { returnPath } from '../openid-sign-ins/begin.ts'
import { SignInOption } from '../openid-sign-ins/options.ts'
import { signedInPeople } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route, type Route } from '../route.ts'

const listOpenIdConfirmations = ({ linkedIdentities, identityProviders }: Rooms) =>
  route({
    at: 'GET /v1/openid-confirmations',
    summary: 'Lists the enabled providers by which the signed-in person can prove their identity again.',
    authenticate: 'person',
    permit: signedInPeople,
    validate: {},
    act: async ({ caller }) => {
      const [links, providers] = await Promise.all([
        linkedIdentities.list(personOf(caller).id),
        identityProviders.list(),
      ])
      const linked = new Set(links.map(({ identityProviderId }) => identityProviderId))
      return { identityProviders: providers.filter((provider) => provider.isEnabled && linked.has(provider.id)) }
    },
    present: {
      status: 200,
      schema: z.object({ identityProviders: z.array(SignInOption) }).meta({ id: 'OpenIdConfirmations' }),
    },
  })

const beginOpenIdConfirmation = ({ openIdSignIns, browserSessions }: Rooms) =>
  route({
    at: 'POST /v1/openid-confirmations',
    summary:
      'Begins a new sign-in at a provider that makes the session fresh. Open `url` in the same browser within ten minutes.',
    authenticate: 'browser',
    permit: signedInPeople,
    validate: {
      body: z.strictObject({ identityProviderId: id<IdentityProviderId>(), returnTo: returnPath.optional() }),
    },
    repeated: 'attempt',
    act: ({ body, caller, request, reply }) => {
      const { id: personId, session } = personOf(caller)
      const sessionHash = browserSessions.hashFor(request, reply)
      const confirm = { personId, sessionId: session.id }
      return openIdSignIns.begin({ ...body, sessionHash, clientAddress: request.ip, confirm })
    },
    present: { status: 201, schema: z.object({ url: z.string() }).meta({ id: 'StartedOpenIdConfirmation' }) },
  })

export function openIdConfirmationRoutes(rooms: Rooms): Route[] {
  return [listOpenIdConfirmations(rooms), beginOpenIdConfirmation(rooms)]
}
