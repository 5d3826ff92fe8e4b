/**
 * Access to mail servers: {@link MailTransport} is the only interface to a mailbox, for every protocol. This room has no
 * tables and no access to the vault: it receives a function that returns an access token.
 *
 * `graph`, `imap` and `smtp` implement the protocols. `createTransports` opens a mailbox: at its mail service by the folder
 * of that service (`microsoft` is a room of its own, which alone knows cloud providers and tokens), or with a password at
 * any mail server (`mail-servers`). `email-accounts`, `principals`, `sync`, `submission` and `doctor` use transports.
 */
export {
  type AccountAccess,
  isSamePrincipal,
  type Principal,
  type TokenAccess,
  type TokenPrincipal,
} from './account-access.ts'
export { createTransports, type MailService, type Transports, type TransportsDeps } from './transports.ts'
export { type MailServers, serversDigest } from './mail-servers/servers.ts'
export { failedCheck } from './failed-check.ts'
export { createTokenSource } from './token-source.ts'
export { createCallBudget } from './graph/call-budget.ts'
export type { CallBudget } from './graph/call-budget.ts'
export { directoryAddresses } from './graph/addresses.ts'
export { directoryUsers, type DirectoryUsers } from './graph/directory-users.ts'
export { LIMITS_OWN, LIMITS_SHARED } from './graph/drafts.ts'
export { createGraphTransport } from './graph/graph-transport.ts'
export type { GraphTransport, GraphTransportOptions } from './graph/graph-transport.ts'
export { appendSentBy } from './imap/append-sent.ts'
export { createImapReading } from './imap/imap-reading.ts'
export { createConnectionRegistry, type ImapOptions } from './imap/connection-registry.ts'
export { createMailboxConnections } from './imap/mailbox-connections.ts'
export type { MailboxConnections } from './imap/mailbox-connections.ts'
export type { ImapLogin, ImapServer } from './imap/login.ts'
export { imapPreflight } from './imap/preflight.ts'
export { createSessionPools } from './smtp/session-pool.ts'
export type { SmtpLogin, SmtpServer } from './smtp/smtp-login.ts'
export { createSmtpSending, LIMITS_EXCHANGE_SMTP, LIMITS_SMTP, openSession } from './smtp/smtp-transport.ts'
export type { SmtpTransportOptions } from './smtp/smtp-transport.ts'
export type {
  ChangeOutcome,
  ChangeOutcomes,
  ChangePage,
  ChangesOptions,
  Cursor,
  RemoteDraft,
  DraftSending,
  Envelope,
  Inventory,
  Lane,
  ListedMessage,
  NewestThreads,
  ThreadedListing,
  LaidCopy,
  MailTransport,
  MessageChanges,
  MessageSending,
  NotificationRequest,
  Notifications,
  PreflightCheck,
  PreflightResult,
  ReceiveProtocol,
  ReadingTransport,
  RemoteSubscription,
  RenameEvidence,
  SendProtocol,
  SendingTransport,
  Sought,
  TransportLimits,
  WatchedFolder,
} from './mail-transport.ts'
