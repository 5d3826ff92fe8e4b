import type { CloudProviderId } from '../../kernel/ids.ts'
import { createExplainer } from '../explained.ts'
import { idParam } from '../ids.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { CloudProvider } from './cloud-provider.ts'
import { presentProvider } from './present.ts'

export const getCloudProvider = (rooms: Rooms) => {
  const { ofProvider } = createExplainer(rooms)
  return route({
    at: 'GET /v1/cloud-providers/:id',
    summary: 'Returns a cloud provider.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: { params: idParam<CloudProviderId>() },
    act: async ({ params }) => {
      const provider = await rooms.cloudProviders.get(params.id)
      return { ...(await presentProvider(rooms, provider)), explanation: await ofProvider(provider) }
    },
    present: { status: 200, schema: CloudProvider },
  })
}
