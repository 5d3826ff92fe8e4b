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

/** Adds an entry to the timeline. */
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

/** Appends one event for admins. It names the incident; clients read its content separately. */
export async function tell(
  tx: Tx,
  events: Events,
  kind: 'incident.opened' | 'incident.changed' | 'incident.closed',
  { id, cause, code }: Pick<IncidentRow, 'id' | 'cause' | 'code'>,
  at: Date,
): Promise<void> {
  await events.append(tx, { kind, subjectId: id, payload: { cause, code }, at })
}

/** Appends one event per mailbox, for agents: the incident of their mailbox has changed. */
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
