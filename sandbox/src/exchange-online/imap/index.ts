/**
 * IMAP: Exchange's mail over IMAP4rev1, as implemented by Exchange Online. A second view of the mail store, beside
 * Graph: checks the access token and the mailbox permissions, and stores no mail itself. Independent of the product.
 *
 * Tables: imap_unsubscribed. The UIDs of messages belong to the mail store.
 */
export { createImapServer, type ImapServer, type ImapServerDeps } from './imap-server.ts'
