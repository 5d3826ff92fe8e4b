/**
 * Desk: the sandbox's own pages. Where everything is, who exists, the authenticator, the clock, and the pages of
 * the world outside.
 *
 * Tables: none.
 */
export { createControlPanelSite, type ControlPanelDependencies } from './control-panel-site.ts'
