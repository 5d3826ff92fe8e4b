import { z } from 'zod'
import type { IncidentDetails } from '../../incidents/index.ts'
import { CATALOGUE, isErrorCode } from '../../kernel/errors.ts'
import type { IncidentId } from '../../kernel/ids.ts'
import { Alert } from '../alerts/alert.ts'
import { createExplainer } from '../explained.ts'
import { Explanation } from '../explanation.ts'
import { idParam } from '../ids.ts'
import { adminsAndAuditors } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Incident, IncidentEntry } from './incident.ts'
import { nameIn, readNames, presentIncidents } from './present.ts'

const MOST_ALERTS = 100

export const IncidentWithTimeline = Incident.extend({
  explanation: Explanation.optional().describe('Explanation of Microsoft’s code, if there is one.'),
  dependent: z
    .array(z.object({ id: z.string(), name: z.string(), address: z.string() }))
    .describe('While it is open: running mailboxes that depend on the same part.'),
  timeline: z.array(IncidentEntry),
  alerts: z.array(Alert).describe('Notified people, channels and results; newest first.'),
  notifiedByMail: z
    .boolean()
    .describe(
      'True if a mail relay accepted a mail about it. False: no one was notified by email, and `alerts` has the reason.',
    ),
}).meta({ id: 'IncidentWithTimeline' })

export const getIncident = (rooms: Rooms) =>
  route({
    at: 'GET /v1/incidents/:id',
    summary: 'Returns one incident: its timeline, its mailboxes, and the notifications with their results.',
    authenticate: 'person-or-key',
    permit: adminsAndAuditors('admin:read'),
    validate: { params: idParam<IncidentId>() },
    act: async ({ params }) => presentDetails(rooms, await rooms.incidents.get(params.id)),
    present: { status: 200, schema: IncidentWithTimeline },
  })

export async function presentDetails(rooms: Rooms, details: IncidentDetails) {
  const { people, alerts } = rooms
  const { cloudProviderId, grantId } = details.subject
  const [first] = details.affected
  const explained = await createExplainer(rooms).about(details.reason.code, {
    cloudProviderId: cloudProviderId,
    grantId: grantId,
    address: details.affected.length === 1 ? first?.address : undefined,
  })
  const [incident] = await presentIncidents({ people }, [details], true)
  const sentAlerts = await alerts.list({ incidentId: details.id, limit: MOST_ALERTS })
  const names = await readNames(
    people,
    details.timeline.map(({ by }) => by),
  )
  return {
    ...incident!,
    // Only the explanation of Microsoft's own code; the incident has text for ours.
    explanation: explained?.said === undefined ? undefined : explained,
    dependent: details.dependent,
    timeline: details.timeline.map((entry) => ({ ...entry, by: nameIn(names, entry.by), title: titleOf(entry.to) })),
    alerts: sentAlerts.alerts,
    notifiedByMail: sentAlerts.alerts.some(({ deliveries }) =>
      deliveries.some(({ channel, state }) => channel === 'email' && state === 'delivered'),
    ),
  }
}

function titleOf(code: string | undefined): string | undefined {
  return isErrorCode(code) ? CATALOGUE[code].title : undefined
}
