import { z } from 'zod'
import { SECOND_STEPS } from '../../people/index.ts'
import { Time } from '../fields.ts'
import { anyone } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { signInClient } from './client.ts'

const SecondSteps = z
  .object({
    steps: z.array(z.enum(SECOND_STEPS)).describe('Ways to complete the sign-in.'),
    expiresAt: Time,
  })
  .meta({ id: 'SecondSteps' })

export const getSecondSteps = ({ people, browserSessions }: Rooms) =>
  route({
    at: 'GET /v1/session/second-step',
    summary: 'Returns how the sign-in of this browser can be completed, after people.second_factor_needed.',
    authenticate: 'browser',
    permit: anyone,
    validate: {},
    act: ({ request, reply }) => people.sessions.secondSteps(signInClient(request, reply, browserSessions)),
    present: { status: 200, schema: SecondSteps },
  })
