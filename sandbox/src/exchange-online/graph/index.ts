/**
 * Graph: Exchange's mail (and, plugged in by the portal, the directory) over Microsoft Graph v1.0. Checks the
 * access token, the permissions and the mailbox rights, throttles, and shapes the mail store as Graph's JSON.
 *
 * Tables: graph_subscriptions, upload_sessions, graph_folder_rounds, and those of notifications under way.
 */
import './caller.ts'

export { actionParameters } from './action-parameters.ts'
export { GraphError } from './graph-error.ts'
export { createGraphSite, EXCHANGE_HABITS, type GraphSiteDeps } from './graph-site.ts'
export type { MailHabits } from './mail-call.ts'
