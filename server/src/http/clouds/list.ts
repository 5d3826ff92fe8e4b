import { z } from 'zod'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

const Cloud = z
  .object({
    id: z.string(),
    name: z.string(),
    authority: z.string(),
    graphRoot: z.string(),
    portal: z.string(),
    personalAccounts: z.boolean(),
  })
  .meta({ id: 'Cloud' })

export const listClouds = ({ clouds }: Rooms) =>
  route({
    at: 'GET /v1/clouds',
    summary: 'Lists the Microsoft clouds that a cloud provider can use.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: {},
    act: async () => ({ clouds: [...clouds.list()] }),
    present: { status: 200, schema: z.object({ clouds: z.array(Cloud) }) },
  })
