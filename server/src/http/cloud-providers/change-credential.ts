import { z } from 'zod'
import type { CloudProviderId, ProviderCredentialId } from '../../kernel/ids.ts'
import { zonedTime } from '../fields.ts'
import { toActor } from '../caller.ts'
import { id } from '../ids.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Credential } from './cloud-provider.ts'
import { presentCredential } from './present.ts'

export const changeCredential = ({ cloudProviders }: Rooms) =>
  route({
    at: 'PATCH /v1/cloud-providers/:id/credentials/:credentialId',
    summary: 'Sets, changes or (null) removes the expiry date of a credential. The secret stays the same.',
    authenticate: 'person',
    permit: signedInAdmins,
    validate: {
      params: z.object({ id: id<CloudProviderId>(), credentialId: id<ProviderCredentialId>() }),
      body: z.strictObject({ expiresAt: zonedTime.nullable() }),
    },
    act: async ({ params: { id: providerId, credentialId }, body, caller }) => {
      const expiresAt = body.expiresAt ?? undefined
      return presentCredential(
        await cloudProviders.changeCredentialEnd(providerId, credentialId, expiresAt, toActor(caller)),
      )
    },
    present: { status: 200, schema: Credential },
  })
