import type { ApiKeyId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { freshAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const revokeApiKey = ({ people, openStreams }: Rooms) =>
  route({
    at: 'DELETE /v1/api-keys/:id',
    summary: 'Revokes a key at once.',
    authenticate: 'person',
    permit: freshAdmins,
    validate: { params: idParam<ApiKeyId>() },
    act: async ({ params, caller }) => {
      await people.apiKeys.revoke(params.id, toActor(caller))
      openStreams.endOf(params.id)
    },
    present: { status: 204 },
  })
