import { z } from 'zod'
import type { IdentityProviderId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

const Result = z.object({
  issuer: z.string(),
  authorizationEndpoint: z.string(),
  sendsIssuer: z.boolean().describe('The provider names itself in redirects (RFC 9207).'),
})

export const testIdentityProvider = ({ identityProviders }: Rooms) =>
  route({
    at: 'POST /v1/identity-providers/:id/test',
    summary: 'Fetches the metadata of the provider. Whether it accepts the client only a sign-in shows.',
    authenticate: 'person',
    permit: signedInAdmins,
    validate: { params: idParam<IdentityProviderId>() },
    act: ({ params }) => identityProviders.test(params.id),
    present: { status: 200, schema: Result.meta({ id: 'IdentityProviderTest' }) },
  })
