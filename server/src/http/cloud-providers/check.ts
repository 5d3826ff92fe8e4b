import type { CloudProviderId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { adminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { CheckResult } from './cloud-provider.ts'

export const checkCloudProvider = ({ cloudProviders }: Rooms) =>
  route({
    at: 'POST /v1/cloud-providers/:id/check',
    summary: 'Checks tenant, client, credentials and redirect URI with Microsoft.',
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    validate: { params: idParam<CloudProviderId>() },
    act: ({ params }) => cloudProviders.check(params.id),
    present: { status: 200, schema: CheckResult },
  })
