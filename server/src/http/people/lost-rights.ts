import type { Rooms } from '../rooms.ts'

/**
 * What of other rooms ends with the rights of a person, in the transaction that takes them: here, because `http` knows
 * all of them and `people` none.
 */
export function endWithRights({ people, conversations, signInLinks, workOrders }: Rooms): void {
  people.people.onRightsLost(async (tx, { id, keptAccountIds, actor }) => {
    await conversations.team.releaseAssignments(tx, id, keptAccountIds, actor)
    await signInLinks.revokeAllOf(tx, `person:${id}`, actor)
    await workOrders.revokeLinksOf(tx, `person:${id}`, actor)
  })
}
