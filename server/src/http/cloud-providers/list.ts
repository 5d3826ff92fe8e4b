import { z } from 'zod'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { CloudProvider } from './cloud-provider.ts'
import { presentProvider } from './present.ts'

export const listCloudProviders = (rooms: Rooms) =>
  route({
    at: 'GET /v1/cloud-providers',
    summary: 'Lists all cloud providers.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    compress: true,
    validate: {},
    act: async () => {
      const all = await rooms.cloudProviders.list()
      return { cloudProviders: await Promise.all(all.map((provider) => presentProvider(rooms, provider))) }
    },
    present: { status: 200, schema: z.object({ cloudProviders: z.array(CloudProvider) }) },
  })
