import type { Incident } from '../../incidents/index.ts'
import type { KnownCaller } from '../permit.ts'
import type { Rooms } from '../rooms.ts'

/**
 * An incident can affect more mailboxes than a key has. A key for some mailboxes therefore gets notices, like a member.
 */
export function seesDetails(caller: KnownCaller): boolean {
  if (caller.kind === 'person') return caller.person.role === 'admin' || caller.person.role === 'auditor'
  return caller.scopes.includes('admin:read') && caller.visibleAccounts === 'all'
}

/** Incidents for a response; fields for admins are removed for other callers. */
export async function presentIncidents(
  { people }: Pick<Rooms, 'people'>,
  incidents: readonly Incident[],
  forAdmins: boolean,
) {
  const names = forAdmins
    ? await readNames(
        people,
        incidents.map(({ acknowledgedBy }) => acknowledgedBy),
      )
    : new Map<string, string>()
  return incidents.map((incident) => ({
    id: incident.id,
    cause: incident.cause,
    state: incident.closedAt ? ('closed' as const) : ('open' as const),
    title: incident.reason.title,
    remedy: incident.reason.remedy,
    since: incident.since,
    openedAt: incident.openedAt,
    closedAt: incident.closedAt,
    affected: incident.affected,
    forAdmins: forAdmins
      ? {
          subject: incident.subject,
          reason: incident.reason,
          words: incident.words,
          detail: incident.detail,
          alertedAt: incident.alertedAt,
          nextAlertAt: incident.nextAlertAt,
          reminders: incident.reminders,
          reopened: incident.reopened,
          acknowledgedAt: incident.acknowledgedAt,
          acknowledgedBy: nameIn(names, incident.acknowledgedBy),
        }
      : undefined,
  }))
}

const PERSON = /^person:(.+)$/

/** Names of the people among the actors, including former ones. */
export function readNames(
  people: Rooms['people'],
  actors: readonly (string | undefined)[],
): Promise<ReadonlyMap<string, string>> {
  return people.people.namesOf([...new Set(actors.flatMap((actor) => PERSON.exec(actor ?? '')?.[1] ?? []))])
}

/** Name of an actor, or its kind if it has no name. */
export function nameIn(names: ReadonlyMap<string, string>, actor: string | undefined): string | undefined {
  return actor === undefined ? undefined : (names.get(PERSON.exec(actor)?.[1] ?? '') ?? actor)
}
