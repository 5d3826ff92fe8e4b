import type { Address } from '../../../api/client.ts'
import { nameOf } from '../display-names.ts'

const MOST_NAMED = 3

/** The first few names, as in a list. */
export function participantNames(people: readonly Address[]): string {
  const named = people.slice(0, MOST_NAMED).map(nameOf).join(', ')
  return people.length > MOST_NAMED ? `${named} …` : named
}
