import { z } from 'zod'
import { toActor } from '../caller.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { NewSignInLink, SignInLink } from './sign-in-link.ts'

export const createSignInLink = ({ signInLinks }: Rooms) =>
  route({
    at: 'POST /v1/sign-in-links',
    summary: 'Creates a link for a mailbox owner or an Entra admin without an account here. The address is shown once.',
    authenticate: 'person',
    permit: signedInAdmins,
    validate: { body: NewSignInLink },
    act: async ({ body, caller }) => {
      const { link, url } = await signInLinks.create(body, toActor(caller))
      return { ...link, url: url.reveal() }
    },
    present: { status: 201, schema: SignInLink.extend({ url: z.string() }).meta({ id: 'CreatedSignInLink' }) },
  })
