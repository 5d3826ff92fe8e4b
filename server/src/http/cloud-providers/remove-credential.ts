import { z } from 'zod'
import type { CloudProviderId, ProviderCredentialId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { id } from '../ids.ts'
import { freshAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const removeCredential = ({ cloudProviders }: Rooms) =>
  route({
    at: 'DELETE /v1/cloud-providers/:id/credentials/:credentialId',
    summary: 'Removes a credential here. It stays in Entra ID.',
    authenticate: 'person',
    permit: freshAdmins,
    validate: { params: z.object({ id: id<CloudProviderId>(), credentialId: id<ProviderCredentialId>() }) },
    act: ({ params, caller }) => cloudProviders.removeCredential(params.id, params.credentialId, toActor(caller)),
    present: { status: 204 },
  })
