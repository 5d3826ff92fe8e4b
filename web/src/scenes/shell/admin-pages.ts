/** Pages for admins only: others don't see them in the sidebar and can't open their addresses. */
export const ADMIN_PAGES = [
  '/overview',
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
