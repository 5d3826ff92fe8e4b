import { toActor } from '../caller.ts'
import { freshAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { IdentityProvider, NewIdentityProvider } from './identity-provider.ts'

export const createIdentityProvider = ({ identityProviders }: Rooms) =>
  route({
    at: 'POST /v1/identity-providers',
    summary: 'Adds a provider of the sign-in to Postkey, disabled. Test and enable it afterwards.',
    authenticate: 'person',
    permit: freshAdmins,
    validate: { body: NewIdentityProvider },
    act: ({ body, caller }) => identityProviders.create(body, toActor(caller)),
    present: { status: 201, schema: IdentityProvider },
  })
