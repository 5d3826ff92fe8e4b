import type { IdentityProviderId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { freshAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { IdentityProvider, IdentityProviderChanges } from './identity-provider.ts'

export const changeIdentityProvider = ({ identityProviders }: Rooms) =>
  route({
    at: 'PATCH /v1/identity-providers/:id',
    summary: 'Changes name, client secret or admission, or enables or disables the provider.',
    authenticate: 'person',
    permit: freshAdmins,
    validate: { params: idParam<IdentityProviderId>(), body: IdentityProviderChanges },
    act: ({ params, body, caller }) => identityProviders.change(params.id, body, toActor(caller)),
    present: { status: 200, schema: IdentityProvider },
  })
