import type { CloudProviderId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { freshAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Credential } from './cloud-provider.ts'
import { NewCredential } from './inputs.ts'
import { presentCredential } from './present.ts'

export const addCredential = ({ cloudProviders }: Rooms) =>
  route({
    at: 'POST /v1/cloud-providers/:id/credentials',
    summary:
      'Adds a client secret, or creates a certificate, beside the existing credentials. It is tested before it is used.',
    authenticate: 'person',
    permit: freshAdmins,
    validate: { params: idParam<CloudProviderId>(), body: NewCredential },
    act: async ({ params, body, caller }) =>
      presentCredential(await cloudProviders.addCredential(params.id, body, toActor(caller))),
    present: { status: 201, schema: Credential },
  })
