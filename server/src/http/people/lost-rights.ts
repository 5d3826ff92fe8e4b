import type { Rooms } from '../rooms.ts'

/**
 * Ends everything in other modules that depends on a person's rights, in the transaction that removes them. Defined
 * here, because `http` may import all modules and `people` none of them.
 */
export function endWithRights({ people, conversations, signInLinks, workOrders }: Rooms): void {
  people.people.onRightsLost(async (tx, { id, keptAccountIds, actor }) => {
    await conversations.team.releaseAssignments(tx, id, keptAccountIds, actor)
    await signInLinks.revokeAllOf(tx, `person:${id}`, actor)
    await workOrders.revokeLinksOf(tx, `person:${id}`, actor)
  })
}
