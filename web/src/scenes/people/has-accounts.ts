import type { Person } from '../../api/client.ts'

/** True for roles with mailboxes of their own. Admins have all of them, and auditors none. */
export function hasAccounts(role: Person['role']): boolean {
  return role === 'agent' || role === 'supervisor'
}
