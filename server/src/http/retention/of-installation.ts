import { z } from 'zod'
import { MOST_COUNTED } from '../../retention/index.ts'
import { toActor } from '../caller.ts'
import { admins, signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { agesOf, AskedInstallationAges, InstallationAges, WantedInstallationAges } from './ages.ts'

export const getRetention = ({ retention }: Rooms) =>
  route({
    at: 'GET /v1/retention',
    summary: 'Returns the ages at which events, alerts, audit entries and records of ended sign-ins are deleted.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: {},
    act: async () => ({ ...(await retention.settings.ofInstallation()), defaultDays: retention.defaultDays }),
    present: {
      status: 200,
      schema: InstallationAges.extend({
        defaultDays: z.int().describe('Age of events and alerts without another one (`POSTKEY_RETENTION_DAYS`).'),
      }),
    },
  })

export const previewRetention = ({ retention }: Rooms) =>
  route({
    at: 'GET /v1/retention/preview',
    summary: 'Counts what these ages would delete at once.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: { query: AskedInstallationAges },
    act: ({ query }) => retention.previews.ofInstallation(agesOf(query)),
    present: {
      status: 200,
      schema: z.object({
        events: z.int(),
        alerts: z.int(),
        auditEntries: z.int(),
        signIns: z.int().describe('Sessions and links that ended.'),
        atLeast: z
          .array(z.enum(['events', 'alerts', 'auditEntries', 'signIns']))
          .describe(`Counts that ended at ${MOST_COUNTED} rows of a kind: there may be more.`),
      }),
    },
  })

export const setRetention = ({ retention }: Rooms) =>
  route({
    at: 'PUT /v1/retention',
    summary:
      'Sets the ages at which events, alerts, audit entries and records of ended sign-ins are deleted; null: the default.',
    authenticate: 'person',
    permit: signedInAdmins,
    validate: { body: WantedInstallationAges },
    act: ({ body, caller }) => retention.settings.setInstallation(agesOf(body), toActor(caller)),
    present: { status: 200, schema: InstallationAges },
  })
