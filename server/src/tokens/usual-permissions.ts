import { type CloudProvider, EVERYTHING_BY_GRAPH, type PermissionChoice } from '../cloud-providers/index.ts'

/**
 * Permissions that a sign-in requests by default: Graph in both directions, for own and shared mailboxes. Personal
 * accounts have no shared mailboxes: if they may sign in, shared permissions are requested only for a shared mailbox.
 */
export function usualPermissions(
  { accountTypes }: Pick<CloudProvider, 'accountTypes'>,
  requestedKind?: 'user' | 'shared',
): PermissionChoice {
  if (accountTypes !== 'multitenant-and-personal' || requestedKind === 'shared') return EVERYTHING_BY_GRAPH
  return { ...EVERYTHING_BY_GRAPH, kinds: ['user'] }
}
