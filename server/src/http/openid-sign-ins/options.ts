import { z } from 'zod'
import { anyone } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const SignInOption = z.object({ id: z.string(), name: z.string(), kind: z.enum(['microsoft', 'openid']) })

export const getSignInOptions = ({ identityProviders }: Rooms) =>
  route({
    at: 'GET /v1/sign-in-options',
    summary: 'Lists the enabled sign-in providers for the sign-in page.',
    authenticate: 'none',
    permit: anyone,
    validate: {},
    act: async () => ({ identityProviders: (await identityProviders.list()).filter(({ isEnabled }) => isEnabled) }),
    present: {
      status: 200,
      schema: z.object({ identityProviders: z.array(SignInOption) }).meta({ id: 'SignInOptions' }),
    },
  })
