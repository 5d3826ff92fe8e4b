import { z } from 'zod'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { CloudProvider } from './cloud-provider.ts'

export const listCloudProviders = ({ cloudProviders }: Rooms) =>
  route({
    at: 'GET /v1/cloud-providers',
    summary: 'All cloud providers.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: {},
    act: async () => ({ cloudProviders: await cloudProviders.list() }),
    present: { status: 200, schema: z.object({ cloudProviders: z.array(CloudProvider) }) },
  })
