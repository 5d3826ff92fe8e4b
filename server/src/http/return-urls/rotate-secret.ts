import type { ReturnUrlId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { freshAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { AddedReturnUrl } from './return-urls.ts'

export const rotateReturnUrlSecret = ({ returnUrls }: Rooms) =>
  route({
    at: 'POST /v1/return-urls/:id/secret',
    summary: 'Creates a new secret, shown once. For a day, results are signed with both.',
    authenticate: 'person',
    permit: freshAdmins,
    validate: { params: idParam<ReturnUrlId>() },
    act: async ({ params, caller }) => {
      const { returnUrl, secret } = await returnUrls.rotate(params.id, toActor(caller))
      return { ...returnUrl, secret: secret.reveal() }
    },
    present: { status: 201, schema: AddedReturnUrl, location: ({ id }) => `/v1/return-urls/${id}` },
  })
