import { z } from 'zod'
import { NONCE, SELF_TEST_PATH } from '../../doctor/index.ts'
import { anyone } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const selfTest = ({ doctor }: Rooms) =>
  route({
    at: `GET ${SELF_TEST_PATH}`,
    summary: 'Proves to the doctor that PUBLIC_URL leads to this Postkey. The response contains no other information.',
    authenticate: 'none',
    permit: anyone,
    validate: { query: z.strictObject({ nonce: z.string().regex(NONCE) }) },
    act: async ({ query }) => ({ proof: doctor.proveSelf(query.nonce) }),
    present: { status: 200, schema: z.object({ proof: z.string() }) },
  })
