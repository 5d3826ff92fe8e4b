import { sql, type Kysely } from 'kysely'
import type { Schema } from '../../database/index.ts'
import type { PersonId } from '../../kernel/ids.ts'
import type { Role } from '../person.ts'
import { withoutProvider } from './break-glass.ts'
import { hasSecondFactor, personRequiredFrom } from './missing-factor.ts'

/** A person whose password signs them in, without a second factor. */
export interface PersonWithoutFactor {
  id: PersonId
  name: string
  email: string
  role: Role
  /** Time from which the policy requires a factor of them. */
  requiredFrom: Date | undefined
}

const hasPassword = sql<boolean>`EXISTS (SELECT FROM sign_in_methods AS methods WHERE methods.user_id = users.id
  AND methods.provider_id = 'credential')`

/** Returns all people without a second factor, by name. A sign-in by a provider needs none, so people without a password don't count. */
export async function peopleWithoutFactor(source: Kysely<Schema>): Promise<PersonWithoutFactor[]> {
  const rows = await source
    .selectFrom('users')
    .select(['id', 'name', 'email', 'role', personRequiredFrom.as('required_from')])
    .where('removed_at', 'is', null)
    .where(sql<boolean>`NOT ${hasSecondFactor}`)
    .where(hasPassword)
    .orderBy('name')
    .orderBy('id')
    .execute()
  const people = rows.map(({ id, required_from: from, ...row }) => ({
    ...{ ...row, id: id as PersonId, requiredFrom: from ?? undefined },
  }))
  const accepted = await withoutProvider(source, new Set(people.map(({ id }) => id)))
  return people.filter(({ id }) => accepted.has(id))
}
