import type { EmailAccountId, PersonId } from '../../kernel/ids.ts'
import { personSees } from '../caller.ts'
import type { Rooms } from '../rooms.ts'

/** People with access to a mailbox, admins included. */
export async function agentsOf({ people }: Pick<Rooms, 'people'>, id: EmailAccountId): Promise<PersonId[]> {
  const team = await people.people.list()
  return team.filter((person) => personSees(person, id)).map((person) => person.id)
}
