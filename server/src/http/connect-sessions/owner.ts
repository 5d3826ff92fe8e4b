import { z } from 'zod'
import { secret, Time } from '../fields.ts'
import { anyone } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

/** The token is in the body, because proxies log addresses and browsers store them. */
const withToken = z.strictObject({ token: secret(1, 200) })

export const previewConnectSession = ({ connectSessions }: Rooms) =>
  route({
    at: 'POST /v1/connect-sessions/preview',
    summary: 'Returns the purpose of a connect session to the owner of the mailbox, by the token behind its #.',
    authenticate: 'none',
    permit: anyone,
    validate: { body: withToken },
    linkOf: ({ body }) => body.token,
    act: async ({ body }) => {
      const { session, logo, ...preview } = await connectSessions.look(body.token)
      const { cloudProviderName, clientId, permissions, returnsTo } = preview
      const { displayName, kind, requestedAddress, expiresAt } = session
      return {
        ...{ displayName, kind, requestedAddress, expiresAt, cloudProviderName, clientId, permissions },
        logo: logo?.toString('base64'),
        returnsTo,
      }
    },
    present: {
      status: 200,
      schema: z
        .object({
          displayName: z.string(),
          logo: z.string().optional().describe('PNG in base64.'),
          kind: z.enum(['user', 'shared']),
          requestedAddress: z.string().optional(),
          expiresAt: Time,
          cloudProviderName: z.string(),
          clientId: z.string(),
          permissions: z.array(z.object({ value: z.string(), purpose: z.string() })),
          returnsTo: z
            .string()
            .optional()
            .describe('Host to which the browser returns. Absent without an allowed return URL.'),
        })
        .meta({ id: 'ConnectSessionPreview' }),
    },
  })

export const beginConnectSession = ({ connectSessions, browserSessions }: Rooms) =>
  route({
    at: 'POST /v1/connect-sessions/begin',
    summary: 'Begins the sign-in of a connect session. Open `url` in the same browser, within ten minutes.',
    authenticate: 'browser',
    permit: anyone,
    validate: { body: withToken },
    linkOf: ({ body }) => body.token,
    act: ({ body, request, reply }) => connectSessions.begin(body.token, browserSessions.hashFor(request, reply)),
    present: { status: 201, schema: z.object({ url: z.string() }) },
  })

export const leaveConnectSession = ({ connectSessions }: Rooms) =>
  route({
    at: 'POST /v1/connect-sessions/leave',
    summary: 'Returns the address to which the owner returns without connecting, with the signed result.',
    authenticate: 'none',
    permit: anyone,
    validate: { body: withToken },
    linkOf: ({ body }) => body.token,
    act: ({ body }) => connectSessions.leave(body.token),
    present: {
      status: 200,
      schema: z.object({ url: z.string().optional().describe('Absent when the address is no longer allowed.') }),
    },
  })
