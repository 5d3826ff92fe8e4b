import type { IdentityProviderId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { freshAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const removeIdentityProvider = ({ identityProviders }: Rooms) =>
  route({
    at: 'DELETE /v1/identity-providers/:id',
    summary: 'Removes a provider and all links to it. People stay; sessions stay until they end.',
    authenticate: 'person',
    permit: freshAdmins,
    validate: { params: idParam<IdentityProviderId>() },
    act: ({ params, caller }) => identityProviders.remove(params.id, toActor(caller)),
    present: { status: 204 },
  })
