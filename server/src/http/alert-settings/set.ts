import { z } from 'zod'
import { actorOf } from '../caller.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { AlertSettings, NewAlertRelay, presentSettings } from './alert-settings.ts'

export const setAlertSettings = ({ alerts }: Rooms) =>
  route({
    at: 'PUT /v1/alert-settings',
    summary: 'Sets the mail relay, or removes it (null). It counts as untested afterwards.',
    authenticate: 'person-or-key',
    permit: admins('admin:write'),
    validate: { body: z.strictObject({ relay: NewAlertRelay.nullable() }) },
    act: async ({ body, caller }) => {
      if (body.relay === null) await alerts.removeRelay(actorOf(caller))
      else await alerts.setRelay(body.relay, actorOf(caller))
      return presentSettings(alerts, caller)
    },
    present: { status: 200, schema: AlertSettings },
  })
