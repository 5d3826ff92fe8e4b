import { z } from 'zod'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { IdentityProvider } from './identity-provider.ts'

export const listIdentityProviders = ({ identityProviders }: Rooms) =>
  route({
    at: 'GET /v1/identity-providers',
    summary: 'Lists the providers of the sign-in to Postkey, without secrets.',
    authenticate: 'person',
    permit: signedInAdmins,
    validate: {},
    act: async () => ({ identityProviders: await identityProviders.list() }),
    present: { status: 200, schema: z.object({ identityProviders: z.array(IdentityProvider) }) },
  })
