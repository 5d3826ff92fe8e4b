/**
 * SMTP: client submission as offered by Exchange Online (`smtp.office365.com:587`). Checks the access token, the
 * permission to send and the limits of client submission. Passes the message to the transport and stores a copy in Sent
 * Items. Uses npm smtp-server, with the replies of Exchange. Independent of the product.
 *
 * Tables: none.
 */
export { createSmtpServer, type SmtpServer, type SmtpServerDeps } from './smtp-server.ts'
