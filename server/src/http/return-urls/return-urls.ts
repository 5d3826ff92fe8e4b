import { z } from 'zod'
import type { ReturnUrlId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { Time } from '../fields.ts'
import { idParam } from '../ids.ts'
import { admins, freshAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const match = z
  .enum(['exact', 'prefix'])
  .describe('`exact`: this address. `prefix`: this origin, with this path or one below it, and any query.')

export const ReturnUrl = z
  .object({
    ...{ id: z.string(), url: z.string(), match, createdBy: z.string(), createdAt: Time },
    previousSecretUntil: Time.optional().describe('Until then, results are also signed with the secret before.'),
  })
  .meta({ id: 'ReturnUrl' })

export const AddedReturnUrl = ReturnUrl.extend({
  secret: z.string().describe('Shown once; begins with `rsec_`.'),
}).meta({ id: 'AddedReturnUrl' })

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
