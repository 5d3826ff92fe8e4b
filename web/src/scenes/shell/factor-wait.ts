import type { SignedInPerson } from '../../api/client.ts'

type FactorState = Pick<SignedInPerson, 'id' | 'missingFactor'>

/**
 * Returns the id of the person who sees the page for a second factor. They stay there until they continue, because the
 * recovery codes are shown once. A signed-out page, or another person, ends it.
 *
 * @param before  the result of the last call
 */
export function personOnFactorPage(before: string | undefined, session: FactorState | undefined): string | undefined {
  if (!session) return undefined
  return session.missingFactor?.isDue || before === session.id ? session.id : undefined
}
