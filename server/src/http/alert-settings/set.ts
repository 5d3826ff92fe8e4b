import { z } from 'zod'
import { toActor } from '../caller.ts'
import { freshAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { AlertSettings, NewAlertRelay, presentSettings } from './alert-settings.ts'

export const setAlertSettings = ({ alerts }: Rooms) =>
  route({
    at: 'PUT /v1/alert-settings',
    summary: 'Sets the mail relay, or removes it (null). It counts as untested afterwards.',
    authenticate: 'person',
    permit: freshAdmins,
    validate: { body: z.strictObject({ relay: NewAlertRelay.nullable() }) },
    act: async ({ body, caller }) => {
      if (body.relay === null) await alerts.removeRelay(toActor(caller))
      else await alerts.setRelay(body.relay, toActor(caller))
      return presentSettings(alerts, caller)
    },
    present: { status: 200, schema: AlertSettings },
  })
