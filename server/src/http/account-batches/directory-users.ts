import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import type { CloudProviderId } from '../../kernel/ids.ts'
import { line, page } from '../fields.ts'
import { idParam } from '../ids.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const listDirectoryUsers = ({ cloudProviders, emailAccounts, directoryUsers }: Rooms) =>
  route({
    at: 'GET /v1/cloud-providers/:id/directory-users',
    summary:
      'Lists users of the organization with a mail address, where the application has User.ReadBasic.All or User.Read.All. Microsoft doesn’t tell shared mailboxes from those of people here, and an address may have no mailbox.',
    authenticate: 'person',
    permit: signedInAdmins,
    validate: {
      params: idParam<CloudProviderId>(),
      query: z.strictObject({
        search: line.max(100).optional().describe('Beginning of a name, an address or a user name.'),
        tenantId: z.uuid().optional().describe('Organization; that of the registration by default.'),
        limit: page(100, 100),
        after: z.string().max(4000).optional().describe('`next` of the previous response.'),
      }),
    },
    act: async ({ params, query: { search, after, limit, ...query } }) => {
      const { tenantId: own, accountTypes, id: cloudProviderId } = await cloudProviders.get(params.id)
      const tenantId = query.tenantId?.toLowerCase() ?? own
      if (tenantId !== own && accountTypes === 'single-tenant') {
        throw new AppError('email_accounts.tenant_not_admitted', { field: 'tenantId' })
      }
      const where = { cloudProviderId, tenantId }
      const { users, next } = await directoryUsers(where, { search: search?.trim(), next: after, limit })
      const accounts = await emailAccounts.list()
      const known = new Map(
        accounts.flatMap(({ id, address, aliases }) =>
          [address, ...aliases.map((alias) => alias.address)].map((each) => [each.toLowerCase(), id] as const),
        ),
      )
      return { users: users.map((user) => ({ ...user, emailAccountId: known.get(user.address.toLowerCase()) })), next }
    },
    present: {
      status: 200,
      schema: z.object({
        users: z.array(
          z.object({
            address: z.string(),
            name: z.string(),
            emailAccountId: z.string().optional().describe('The mailbox, if it is connected.'),
          }),
        ),
        next: z.string().optional(),
      }),
    },
  })
