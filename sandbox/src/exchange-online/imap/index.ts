/**
 * IMAP: Exchange's mail over IMAP4rev1 as Exchange Online speaks it. Another view of the mail store, beside Graph:
 * checks the access token and the mailbox rights, and keeps no mail of its own. Nothing here knows the product.
 *
 * Tables: imap_unsubscribed. The numbers of messages (UIDs) are the mail store's.
 */
export { createImapServer, type ImapServer, type ImapServerDeps } from './imap-server.ts'
