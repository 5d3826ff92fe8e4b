/** What only admins have: the rail shows these to nobody else, and their addresses lead nobody else anywhere. */
export const ADMIN_PAGES = [
  '/set-up',
  '/email-accounts',
  '/cloud-providers',
  '/incidents',
  '/restored-backup',
  '/people',
  '/audit',
  '/settings',
] as const

export function isAdminPage(pathname: string): boolean {
  return ADMIN_PAGES.some((page) => pathname === page || pathname.startsWith(`${page}/`))
}
