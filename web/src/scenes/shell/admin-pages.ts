import type { Person } from '../../api/client.ts'

type Role = Person['role']

/** Pages for admins only, except those of {@link mayOpen}: others don't see them in the sidebar. */
export const ADMIN_PAGES = [
  '/overview',
  '/figures',
  '/set-up',
  '/email-accounts',
  '/cloud-providers',
  '/incidents',
  '/restored-backup',
  '/people',
  '/audit',
  '/settings',
] as const

/** Pages of people who work with mail. */
const MAIL_PAGES = ['/inbox', '/writing', '/notifications', '/doctor'] as const
const AUDITOR_PAGES = ['/audit', '/incidents', '/figures'] as const
const HEALTH_PAGE = /^\/email-accounts\/[^/]+\/health$/

export function isAdminPage(pathname: string): boolean {
  return isBelow(ADMIN_PAGES, pathname)
}

/** False for a page of another role, whose requests the server would refuse. */
export function mayOpen(role: Role, pathname: string): boolean {
  if (role === 'admin') return true
  const isHealth = HEALTH_PAGE.test(pathname)
  if (role === 'auditor') {
    return isHealth || isBelow(AUDITOR_PAGES, pathname) || !(isAdminPage(pathname) || isBelow(MAIL_PAGES, pathname))
  }
  return !isAdminPage(pathname) || (role === 'supervisor' && (isHealth || isBelow(['/figures'], pathname)))
}

/** First page after the sign-in. */
export function homeOf(role: Role): '/audit' | '/inbox' {
  return role === 'auditor' ? '/audit' : '/inbox'
}

function isBelow(pages: readonly string[], pathname: string): boolean {
  return pages.some((page) => pathname === page || pathname.startsWith(`${page}/`))
}
