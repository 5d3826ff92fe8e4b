import { z } from 'zod'
import { adminsAndAuditors } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Person } from './person.ts'

export const listPeople = ({ people }: Rooms) =>
  route({
    at: 'GET /v1/people',
    summary: 'Lists all people of the team.',
    authenticate: 'person-or-key',
    permit: adminsAndAuditors('admin:read'),
    compress: true,
    validate: {},
    act: async () => ({ people: await people.people.list() }),
    present: { status: 200, schema: z.object({ people: z.array(Person) }) },
  })
