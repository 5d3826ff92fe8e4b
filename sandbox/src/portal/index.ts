/**
 * Portal: App registrations, Enterprise applications, users and mailboxes, as pages for people and as Graph's
 * directory API for scripts. Both keep the same rules, which live in `registration`.
 *
 * Tables: none; it changes the directory through the room `tenants`.
 */
export { directoryApi, type DirectoryApiDeps } from './directory-api/directory-api.ts'
export { createPortalSite, type PortalSiteDeps } from './site/portal-site.ts'
