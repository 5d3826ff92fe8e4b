import type { IdentityProviderId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { freshAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { toProviderActor } from './change.ts'
import { route } from '../route.ts'

export const removeIdentityProvider = ({ identityProviders }: Rooms) =>
  route({
    at: 'DELETE /v1/identity-providers/:id',
    summary:
      'Removes a provider and all links to it. People stay. Their sessions that a provider has opened end, except the caller’s.',
    authenticate: 'person',
    permit: freshAdmins,
    validate: { params: idParam<IdentityProviderId>() },
    act: ({ params, caller }) => identityProviders.remove(params.id, toProviderActor(caller)),
    present: { status: 204 },
  })
