import { z } from 'zod'
import { secret } from '../fields.ts'
import { anyone } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const beginBySignInLink = ({ authorizations, browserSessions }: Rooms) =>
  route({
    at: 'POST /v1/sign-in-links/begin',
    summary: 'Begins the sign-in of a link. Open `url` in the same browser, within ten minutes.',
    authenticate: 'browser',
    permit: anyone,
    validate: { body: z.strictObject({ token: secret(1, 200) }) },
    linkOf: ({ body }) => body.token,
    act: ({ body, request, reply }) => authorizations.beginByLink(body.token, browserSessions.hashFor(request, reply)),
    present: { status: 201, schema: z.object({ url: z.string() }) },
  })
