import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { AlertSettings, presentSettings } from './alert-settings.ts'

export const getAlertSettings = ({ alerts }: Rooms) =>
  route({
    at: 'GET /v1/alert-settings',
    summary: 'Returns the alert channels and the results of their tests.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: {},
    act: ({ caller }) => presentSettings(alerts, caller),
    present: { status: 200, schema: AlertSettings },
  })
