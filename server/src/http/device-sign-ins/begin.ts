import { z } from 'zod'
import type { CloudProviderId, GrantId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { emailAddress } from '../fields.ts'
import { id } from '../ids.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { DeviceSignIn } from './device-sign-in.ts'

export const beginDeviceSignIn = ({ deviceSignIns, browserSessions }: Rooms) =>
  route({
    at: 'POST /v1/device-sign-ins',
    summary: 'Begins a sign-in by a code, if an admin allows it for the cloud provider.',
    authenticate: 'browser',
    permit: signedInAdmins,
    validate: {
      body: z.strictObject({
        cloudProviderId: id<CloudProviderId>(),
        requestedAddress: emailAddress.describe('Address of the mailbox that the user must be able to open.'),
        requestedKind: z.enum(['user', 'shared']).optional(),
        reconnectGrantId: id<GrantId>().optional().describe('Grant to renew, by the same person.'),
      }),
    },
    repeated: 'attempt',
    act: ({ body, caller, request, reply }) =>
      deviceSignIns.begin({
        ...body,
        sessionHash: browserSessions.hashFor(request, reply),
        startedBy: toActor(caller),
      }),
    present: { status: 201, schema: DeviceSignIn },
  })
