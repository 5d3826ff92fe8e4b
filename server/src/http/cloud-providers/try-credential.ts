import { z } from 'zod'
import type { CloudProviderId, ProviderCredentialId } from '../../kernel/ids.ts'
import { id } from '../ids.ts'
import { adminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Credential } from './cloud-provider.ts'
import { presentCredential } from './present.ts'

export const tryCredential = ({ cloudProviders }: Rooms) =>
  route({
    at: 'POST /v1/cloud-providers/:id/credentials/:credentialId/try',
    summary: 'Tests a credential at Microsoft now. Changes nothing there.',
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    validate: { params: z.object({ id: id<CloudProviderId>(), credentialId: id<ProviderCredentialId>() }) },
    act: async ({ params }) => presentCredential(await cloudProviders.tryCredential(params.id, params.credentialId)),
    present: { status: 200, schema: Credential },
  })
