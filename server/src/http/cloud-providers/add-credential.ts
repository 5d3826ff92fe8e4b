import type { CloudProviderId } from '../../kernel/ids.ts'
import { actorOf } from '../caller.ts'
import { idParam } from '../ids.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Credential } from './cloud-provider.ts'
import { NewCredential } from './inputs.ts'

export const addCredential = ({ cloudProviders }: Rooms) =>
  route({
    at: 'POST /v1/cloud-providers/:id/credentials',
    summary: 'Adds a credential beside those that are there. The old one works until it is removed.',
    authenticate: 'person-or-key',
    permit: admins('admin:write'),
    validate: { params: idParam<CloudProviderId>(), body: NewCredential },
    act: ({ params, body, caller }) =>
      cloudProviders.addCredential(params.id, { ...body, endsAt: body.endsAt }, actorOf(caller)),
    present: { status: 201, schema: Credential },
  })
