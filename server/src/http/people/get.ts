import type { PersonId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Person } from './person.ts'

export const getPerson = ({ people }: Rooms) =>
  route({
    at: 'GET /v1/people/:id',
    summary: 'Returns a person of the team.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: { params: idParam<PersonId>() },
    act: ({ params }) => people.people.get(params.id),
    present: { status: 200, schema: Person },
  })
