import { z } from 'zod'
import { toActor } from '../caller.ts'
import { freshAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { AddedReturnUrl, match } from './return-urls.ts'

/** Not for keys: a leaked one could send owners, and results, to an address of its thief. */
export const addReturnUrl = ({ returnUrls }: Rooms) =>
  route({
    at: 'POST /v1/return-urls',
    summary:
      'Allows an address to which connect sessions may return. Its secret, which signs their results, is shown once.',
    authenticate: 'person',
    permit: freshAdmins,
    validate: {
      body: z.strictObject({
        url: z.string().max(2000).describe('An address with https://, or with http:// on localhost.'),
        match: match.default('exact'),
      }),
    },
    act: async ({ body, caller }) => {
      const { returnUrl, secret } = await returnUrls.add(body, toActor(caller))
      return { ...returnUrl, secret: secret.reveal() }
    },
    present: { status: 201, schema: AddedReturnUrl },
  })
