import { z } from 'zod'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { SignInLink } from './sign-in-link.ts'

export const listSignInLinks = ({ signInLinks }: Rooms) =>
  route({
    at: 'GET /v1/sign-in-links',
    summary: 'Lists sign-in links, newest first, with their results.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: {},
    act: async () => ({ links: await signInLinks.list() }),
    present: { status: 200, schema: z.object({ links: z.array(SignInLink) }) },
  })
