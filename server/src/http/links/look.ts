import { z } from 'zod'
import { secret } from '../fields.ts'
import { anybody } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { PersonLink } from './link.ts'

/** The token comes in the body: addresses are logged by proxies and kept by browsers. */
export const lookAtLink = ({ people }: Rooms) =>
  route({
    at: 'POST /v1/links/look',
    summary: 'What a link is for, by the token behind its #. Looking does not use it.',
    authenticate: 'nobody',
    permit: anybody,
    validate: { body: z.strictObject({ token: secret(1, 200) }) },
    act: ({ body }) => people.links.look(body.token),
    present: { status: 200, schema: PersonLink },
  })
