import { z } from 'zod'
import type { CloudProviderId, GrantId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { emailAddress } from '../fields.ts'
import { id } from '../ids.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

/** Not for API keys: Microsoft's response is bound to the requesting browser, and a program has none. */
export const beginAuthorization = ({ authorizations, browserSessions }: Rooms) =>
  route({
    at: 'POST /v1/authorizations',
    summary: 'Begins a sign-in or an admin consent at Microsoft. Open `url` in the same browser within ten minutes.',
    authenticate: 'browser',
    permit: signedInAdmins,
    validate: {
      body: z.strictObject({
        cloudProviderId: id<CloudProviderId>(),
        kind: z.enum(['sign-in', 'admin-consent']),
        requestedAddress: emailAddress.optional().describe('Address of the mailbox of this sign-in.'),
        requestedKind: z
          .enum(['user', 'shared'])
          .optional()
          .describe('Kind of that mailbox: owned by one user, or shared.'),
        switchAccount: z
          .boolean()
          .optional()
          .describe('Microsoft asks for the account, even if a user is signed in at this browser.'),
        alsoBy: z
          .array(z.enum(['imap', 'smtp']))
          .max(2)
          .optional()
          .describe('Protocols besides Graph whose permissions are requested too, so that they can be chosen later.'),
        reconnectGrantId: id<GrantId>().optional().describe('Grant to renew, by the same person.'),
      }),
    },
    repeated: 'attempt',
    act: ({ body, caller, request, reply }) =>
      authorizations.begin({
        ...body,
        sessionHash: browserSessions.hashFor(request, reply),
        startedBy: toActor(caller),
      }),
    present: { status: 201, schema: z.object({ url: z.string() }) },
  })
