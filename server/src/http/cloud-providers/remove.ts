import type { CloudProviderId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const removeCloudProvider = ({ cloudProviders }: Rooms) =>
  route({
    at: 'DELETE /v1/cloud-providers/:id',
    summary: 'Removes a cloud provider without dependent grants. The registration in Entra ID stays.',
    authenticate: 'person',
    permit: signedInAdmins,
    validate: { params: idParam<CloudProviderId>() },
    act: ({ params, caller }) => cloudProviders.remove(params.id, toActor(caller)),
    present: { status: 204 },
  })
