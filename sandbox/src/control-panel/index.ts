/**
 * Control panel: the sandbox's own pages with all addresses and users, the authenticator, the clock, and the pages for
 * external mail.
 *
 * Tables: none.
 */
export { createControlPanelSite, type ControlPanelDependencies } from './control-panel-site.ts'
