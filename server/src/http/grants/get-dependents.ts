import { z } from 'zod'
import type { EmailAccount } from '../../email-accounts/index.ts'
import type { GrantId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

const Dependent = z
  .object({ id: z.string(), key: z.string(), name: z.string(), address: z.string(), kind: z.enum(['user', 'shared']) })
  .meta({ id: 'DependentEmailAccount' })

const GrantDependents = z
  .object({
    principalOf: z.array(Dependent).describe('Mailboxes whose principal is this sign-in.'),
    backupFor: z.array(Dependent).describe('Mailboxes whose backup sign-in is this one and not in use.'),
    isReplacedAt: z.array(Dependent).describe('Mailboxes that use their backup sign-in until the user signs in again.'),
    stops: z.array(Dependent).describe('Mailboxes that stop if the user leaves.'),
    continues: z.array(Dependent).describe('Mailboxes that continue with their backup sign-in if the user leaves.'),
  })
  .meta({ id: 'GrantDependents' })

export const getGrantDependents = ({ principals }: Rooms) =>
  route({
    at: 'GET /v1/grants/:id/dependents',
    summary:
      'Returns the mailboxes for which a person is principal or backup sign-in, and the effects if the person leaves.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: { params: idParam<GrantId>() },
    act: async ({ params }) => {
      const { principalOf, backupFor, replacedAt, stops, continues } = await principals.dependentsOf(params.id)
      return {
        principalOf: principalOf.map(shown),
        backupFor: backupFor.map(shown),
        isReplacedAt: replacedAt.map(shown),
        stops: stops.map(shown),
        continues: continues.map(shown),
      }
    },
    present: { status: 200, schema: GrantDependents },
  })

function shown({ id, key, name, address, kind }: EmailAccount) {
  return { id, key, name, address, kind }
}
