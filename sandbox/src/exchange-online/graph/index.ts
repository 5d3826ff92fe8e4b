/**
 * Graph: Exchange's mail over Microsoft Graph v1.0, plus the directory, which the portal plugs in. Checks the access
 * token, the permissions and the mailbox rights, throttles, and renders the mail store as Graph's JSON.
 *
 * Tables: graph_subscriptions, upload_sessions, graph_folder_rounds, and those of pending notifications.
 */
export { actionParameters } from './action-parameters.ts'
export { GraphError } from './graph-error.ts'
export { createGraphSite, EXCHANGE_HABITS, type GraphSiteDeps } from './graph-site.ts'
export type { MailHabits } from './mail-call.ts'
