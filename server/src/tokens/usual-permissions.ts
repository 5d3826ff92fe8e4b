import { type CloudProvider, EVERYTHING_BY_GRAPH, type PermissionChoice } from '../cloud-providers/index.ts'

/**
 * What a sign-in asks for when nothing else was said: Graph in both directions, for own and shared mailboxes. Personal
 * accounts have no shared mailboxes, and no permissions for them.
 */
export function usualPermissions({ accountTypes }: CloudProvider): PermissionChoice {
  if (accountTypes !== 'multitenant-and-personal') return EVERYTHING_BY_GRAPH
  return { ...EVERYTHING_BY_GRAPH, kinds: ['user'] }
}
