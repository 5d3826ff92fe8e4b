import type { IdentityProviderId } from '../../kernel/ids.ts'
import type { ProviderActor } from '../../identity-providers/index.ts'
import { personOf, toActor, type PersonCaller, type ProgramCaller } from '../caller.ts'
import { idParam } from '../ids.ts'
import { freshAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { IdentityProvider, IdentityProviderChanges } from './identity-provider.ts'

export const changeIdentityProvider = ({ identityProviders }: Rooms) =>
  route({
    at: 'PATCH /v1/identity-providers/:id',
    summary:
      'Changes name, client secret or admission, or enables or disables the provider. Disabling ends the sessions that a provider has opened of its people, except the caller’s.',
    authenticate: 'person',
    permit: freshAdmins,
    validate: { params: idParam<IdentityProviderId>(), body: IdentityProviderChanges },
    act: ({ params, body, caller }) => identityProviders.change(params.id, body, toProviderActor(caller)),
    present: { status: 200, schema: IdentityProvider },
  })

/** The caller of a change, whose session continues. */
export function toProviderActor(caller: PersonCaller | ProgramCaller): ProviderActor {
  return { actor: toActor(caller), sessionId: personOf(caller).session.id }
}
