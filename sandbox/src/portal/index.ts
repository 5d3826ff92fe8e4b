/**
 * Portal: App registrations, Enterprise applications, users and mailboxes, as web pages and as Graph's directory API
 * for scripts. Both apply the same rules, which are in `registration`.
 *
 * Tables: none; it changes the directory through the module `tenants`.
 */
export { directoryApi, type DirectoryApiDeps } from './directory-api/directory-api.ts'
export { createPortalSite, type PortalSiteDeps } from './site/portal-site.ts'
