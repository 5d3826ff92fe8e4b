import { fillText } from '../../kernel/errors.ts'
import type { PeopleRoom, Person } from '../../people/index.ts'
import { refusal } from '../refusal.ts'
import { TEXTS } from '../texts.ts'

/** @throws AppError `people.not_found` */
export async function findPerson({ people }: PeopleRoom, email: string): Promise<Person> {
  const wanted = email.trim().toLowerCase()
  const found = (await people.list()).find((person) => person.email === wanted)
  if (!found) throw refusal('people.not_found', fillText(TEXTS.unknownPerson, { email: wanted }))
  return found
}
