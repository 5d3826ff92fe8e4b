/**
 * Desk: the sandbox's own pages. Where everything is, who exists, the authenticator, the clock, and the pages of
 * the world outside.
 *
 * Tables: none.
 */
export { createDeskSite, type DeskDependencies } from './desk-site.ts'
