import { z } from 'zod'
import type { IdentityProviderId } from '../../kernel/ids.ts'
import { secret } from '../fields.ts'
import { id } from '../ids.ts'
import { anyone } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { TEXTS } from '../texts.ts'

/** Path in the web UI to open after the sign-in. A second slash would lead to another host. */
export const returnPath = z
  .string()
  .max(2000)
  .regex(/^\/(?![/\\])[^\p{Cc}\\]*$/u, TEXTS.pathHere)

export const beginOpenIdSignIn = ({ openIdSignIns, browserSessions }: Rooms) =>
  route({
    at: 'POST /v1/openid-sign-ins',
    summary: 'Begins a sign-in at a provider. Open `url` in the same browser within ten minutes.',
    authenticate: 'browser',
    permit: anyone,
    validate: {
      body: z.strictObject({
        identityProviderId: id<IdentityProviderId>(),
        invitation: secret(1, 200).optional().describe('Token of an invitation, which the sign-in accepts.'),
        returnTo: returnPath.optional().describe('Path to open afterwards.'),
      }),
    },
    linkOf: ({ body }) => body.invitation,
    act: ({ body, request, reply }) =>
      openIdSignIns.begin({
        ...body,
        ...{ sessionHash: browserSessions.hashFor(request, reply), clientAddress: request.ip },
      }),
    present: { status: 201, schema: z.object({ url: z.string() }).meta({ id: 'StartedOpenIdSignIn' }) },
  })
