import { z } from 'zod'
import type { ReturnUrlId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { Time } from '../fields.ts'
import { idParam } from '../ids.ts'
import { admins, freshAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

const match = z
  .enum(['exact', 'prefix'])
  .describe('`exact`: this address. `prefix`: this origin, with this path or one below it, and any query.')

const ReturnUrl = z
  .object({ id: z.string(), url: z.string(), match, createdBy: z.string(), createdAt: Time })
  .meta({ id: 'ReturnUrl' })

export const listReturnUrls = ({ returnUrls }: Rooms) =>
  route({
    at: 'GET /v1/return-urls',
    summary: 'Lists the addresses to which connect sessions may return, oldest first.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: {},
    act: async () => ({ returnUrls: await returnUrls.list() }),
    present: { status: 200, schema: z.object({ returnUrls: z.array(ReturnUrl) }) },
  })

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
    present: {
      status: 201,
      schema: ReturnUrl.extend({ secret: z.string().describe('Shown once; begins with `rsec_`.') }).meta({
        id: 'AddedReturnUrl',
      }),
    },
  })

export const removeReturnUrl = ({ returnUrls }: Rooms) =>
  route({
    at: 'DELETE /v1/return-urls/:id',
    summary: 'Removes an allowed address. Sessions that would return there end on a page of Postkey.',
    authenticate: 'person',
    permit: freshAdmins,
    validate: { params: idParam<ReturnUrlId>() },
    act: ({ params, caller }) => returnUrls.remove(params.id, toActor(caller)),
    present: { status: 204 },
  })
