import { z } from 'zod'
import { toActor } from '../caller.ts'
import { emailAddress } from '../fields.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { AlertSettings, presentSettings } from './alert-settings.ts'

export const testAlertSettings = ({ alerts }: Rooms) =>
  route({
    at: 'POST /v1/alert-settings/test',
    summary: "Sends a mail with a code through the mail relay. The response contains the relay's reply in relay.test.",
    authenticate: 'person',
    permit: signedInAdmins,
    validate: { body: z.strictObject({ to: emailAddress }) },
    act: async ({ body, caller }) => {
      await alerts.testRelay(body.to, toActor(caller))
      return presentSettings(alerts, caller)
    },
    present: { status: 200, schema: AlertSettings },
  })
