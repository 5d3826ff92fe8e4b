import { z } from 'zod'
import { secret } from '../fields.ts'
import { anyone } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { PersonLink } from './link.ts'

/** The token is in the body, because proxies log addresses and browsers store them. */
export const previewLink = ({ people }: Rooms) =>
  route({
    at: 'POST /v1/links/preview',
    summary: 'Returns the purpose of a link, by the token behind its #. Does not redeem it.',
    authenticate: 'none',
    permit: anyone,
    validate: { body: z.strictObject({ token: secret(1, 200) }) },
    linkOf: ({ body }) => body.token,
    act: ({ body }) => people.links.look(body.token),
    present: { status: 200, schema: PersonLink },
  })
