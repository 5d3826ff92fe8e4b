import { z } from 'zod'
import type { CloudProviderId } from '../../kernel/ids.ts'
import { actorOf } from '../caller.ts'
import { name } from '../fields.ts'
import { idParam } from '../ids.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { AccountTypes, CloudProvider } from './cloud-provider.ts'
import { contact } from './inputs.ts'

export const updateCloudProvider = ({ cloudProviders }: Rooms) =>
  route({
    at: 'PATCH /v1/cloud-providers/:id',
    summary: 'Changes name, account types and contacts. Cloud, tenant and client id identify it and stay.',
    authenticate: 'person-or-key',
    permit: admins('admin:write'),
    validate: {
      params: idParam<CloudProviderId>(),
      body: z.strictObject({ name, accountTypes: AccountTypes, contact, deputy: contact.nullable() }).partial(),
    },
    act: ({ params, body, caller }) =>
      cloudProviders.update(
        params.id,
        {
          ...(body.name !== undefined && { name: body.name }),
          ...(body.accountTypes !== undefined && { accountTypes: body.accountTypes }),
          ...(body.contact !== undefined && { contact: body.contact }),
          ...(body.deputy !== undefined && { deputy: body.deputy }),
        },
        actorOf(caller),
      ),
    present: { status: 200, schema: CloudProvider },
  })
