import { z } from 'zod'
import type { CloudProviderId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Credential } from './cloud-provider.ts'
import { presentCredential } from './present.ts'

export const listCredentials = ({ cloudProviders }: Rooms) =>
  route({
    at: 'GET /v1/cloud-providers/:id/credentials',
    summary: 'Lists the credentials of a cloud provider, with their expiry dates and without their secrets.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: { params: idParam<CloudProviderId>() },
    act: async ({ params }) => ({
      credentials: (await cloudProviders.listCredentials(params.id)).map(presentCredential),
    }),
    present: { status: 200, schema: z.object({ credentials: z.array(Credential) }) },
  })
