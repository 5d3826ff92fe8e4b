import { z } from 'zod'
import { toActor } from '../caller.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { TEXTS } from '../texts.ts'
import { AlertSettings, presentSettings } from './alert-settings.ts'

export const confirmAlertSettings = ({ alerts }: Rooms) =>
  route({
    at: 'POST /v1/alert-settings/confirm',
    summary: 'Confirms the mail relay by the code of the test mail.',
    authenticate: 'person',
    permit: signedInAdmins,
    validate: {
      body: z.strictObject({
        code: z
          .string()
          .trim()
          .regex(/^\d{6}$/, TEXTS.sixDigits),
      }),
    },
    act: async ({ body, caller }) => {
      await alerts.confirmTest(body.code, toActor(caller))
      return presentSettings(alerts, caller)
    },
    present: { status: 200, schema: AlertSettings },
  })
