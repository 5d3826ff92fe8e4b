import type { Selectable } from 'kysely'
import type { Schema, Tx } from '../database/index.ts'
import type { Events } from '../events/index.ts'
import type { EmailAccountId, IncidentId } from '../kernel/ids.ts'
import type { IncidentEntryKind } from './incident.ts'

export type IncidentRow = Selectable<Schema['incidents']>

export interface NamedAccount {
  id: EmailAccountId
  name: string
  address: string
}

/** A line in the timeline. */
export async function addEntry(
  tx: Tx,
  incidentId: IncidentId,
  kind: IncidentEntryKind,
  at: Date,
  payload: {
    accounts?: readonly NamedAccount[]
    from?: string
    to?: string
    by?: string
    recipients?: readonly string[]
  } = {},
): Promise<void> {
  await tx
    .insertInto('incident_entries')
    .values({ incident_id: incidentId, kind, at, payload: JSON.stringify(payload) })
    .execute()
}

/** For admins one event, which names the incident; its content is read where it is shown. */
export async function tell(
  tx: Tx,
  events: Events,
  kind: 'incident.opened' | 'incident.changed' | 'incident.closed',
  { id, cause, code }: Pick<IncidentRow, 'id' | 'cause' | 'code'>,
  at: Date,
): Promise<void> {
  await events.append(tx, { kind, subjectId: id, payload: { cause, code }, at })
}

/** For those who work mail: something changed for their mailbox. */
export async function tellAccounts(
  tx: Tx,
  events: Events,
  kind: 'incident.joined' | 'incident.left',
  { id, cause, code }: Pick<IncidentRow, 'id' | 'cause' | 'code'>,
  accountIds: readonly EmailAccountId[],
  at: Date,
): Promise<void> {
  for (const emailAccountId of accountIds) {
    await events.append(tx, { kind, emailAccountId, subjectId: id, payload: { cause, code }, at })
  }
}
