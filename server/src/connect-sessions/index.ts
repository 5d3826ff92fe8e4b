/**
 * Connect sessions: hosted sign-ins of mailbox owners that a program starts. Each is built on a sign-in link of `tokens`
 * with the same id, connects the mailbox as an Email Account, and returns the browser with a signed result to an address
 * that admins have allowed.
 *
 * Owns `connect_sessions`, `return_urls` and `return_url_secrets`. `http` calls it for programs, admins and owners; `tokens`
 * calls its hook in the transaction that keeps a sign-in; a ticker expires sessions and completes those whose server was
 * stopped.
 */
export { createConnectSessions, type ConnectSessionsRoom } from './create-connect-sessions.ts'
export { cleanPng } from './clean-png.ts'
export type { ConnectSession, ConnectSessionPreview, ConnectSessions, NewConnectSession } from './connect-session.ts'
export type { ReturnUrl, ReturnUrls } from './return-urls.ts'
export type { SettledSession } from './settlement.ts'
