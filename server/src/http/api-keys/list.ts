import { z } from 'zod'
import { adminsAndAuditors } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { ApiKey } from './api-key.ts'

export const listApiKeys = ({ people }: Rooms) =>
  route({
    at: 'GET /v1/api-keys',
    summary: 'Lists all keys, including revoked ones, without their values.',
    authenticate: 'person-or-key',
    permit: adminsAndAuditors('admin:read'),
    validate: {},
    act: async () => ({ apiKeys: await people.apiKeys.list() }),
    present: { status: 200, schema: z.object({ apiKeys: z.array(ApiKey) }) },
  })
