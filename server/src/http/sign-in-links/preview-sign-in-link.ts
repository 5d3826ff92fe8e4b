import { z } from 'zod'
import { secret, Time } from '../fields.ts'
import { anyone } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { nameOfCreator } from './sign-in-link.ts'

/** The token is in the body, because proxies log addresses and browsers store them. */
export const previewSignInLink = ({ signInLinks, people, deviceCodeAllowances }: Rooms) =>
  route({
    at: 'POST /v1/sign-in-links/preview',
    summary: 'Returns the purpose of a sign-in link, by the token behind its #. Does not redeem it.',
    authenticate: 'none',
    permit: anyone,
    validate: { body: z.strictObject({ token: secret(1, 200) }) },
    linkOf: ({ body }) => body.token,
    act: async ({ body }) => {
      const { link, ...registration } = await signInLinks.look(body.token)
      const { kind, requestedAddress, expiresAt } = link
      const createdBy = await nameOfCreator(people.people, link.createdBy)
      const allowsDeviceCode = kind === 'sign-in' && (await deviceCodeAllowances.isAllowed(link.cloudProviderId))
      return { kind, requestedAddress, expiresAt, createdBy, allowsDeviceCode, ...registration }
    },
    present: {
      status: 200,
      schema: z
        .object({
          kind: z.enum(['sign-in', 'admin-consent']),
          cloudProviderName: z.string(),
          clientId: z.string(),
          requestedAddress: z.string().optional(),
          expectedUserName: z.string().optional().describe('User who must sign in, if the link renews a sign-in.'),
          createdBy: z.string().describe('A name.'),
          expiresAt: Time,
          allowsDeviceCode: z.boolean().describe('True if sign-in by device code is possible.'),
          permissions: z.array(z.object({ value: z.string(), purpose: z.string() })),
        })
        .meta({ id: 'SignInLinkPreview' }),
    },
  })
