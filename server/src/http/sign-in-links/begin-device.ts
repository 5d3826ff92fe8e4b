import { z } from 'zod'
import { DeviceSignIn } from '../device-sign-ins/device-sign-in.ts'
import { secret } from '../fields.ts'
import { anyone } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const beginDeviceBySignInLink = ({ deviceSignIns, browserSessions }: Rooms) =>
  route({
    at: 'POST /v1/sign-in-links/begin-device',
    summary: 'Begins the sign-in of a link by device code, if an admin allows it for the cloud provider.',
    authenticate: 'browser',
    permit: anyone,
    validate: { body: z.strictObject({ token: secret(1, 200) }) },
    linkOf: ({ body }) => body.token,
    act: ({ body, request, reply }) => deviceSignIns.beginByLink(body.token, browserSessions.hashFor(request, reply)),
    present: { status: 201, schema: DeviceSignIn },
  })
