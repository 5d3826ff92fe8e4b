import { type CloudProvider, EVERYTHING_BY_GRAPH, type PermissionChoice } from '../cloud-providers/index.ts'

/**
 * What a sign-in asks for when nothing else was said: Graph in both directions, for own and shared mailboxes. Personal
 * accounts have no shared mailboxes, and no permissions for them: where they may sign in, those are asked for only when
 * a shared mailbox is wanted.
 */
export function usualPermissions(
  { accountTypes }: Pick<CloudProvider, 'accountTypes'>,
  wantedKind?: 'user' | 'shared',
): PermissionChoice {
  if (accountTypes !== 'multitenant-and-personal' || wantedKind === 'shared') return EVERYTHING_BY_GRAPH
  return { ...EVERYTHING_BY_GRAPH, kinds: ['user'] }
}
