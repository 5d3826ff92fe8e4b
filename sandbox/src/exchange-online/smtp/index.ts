/**
 * SMTP: client submission as Exchange Online offers it (`smtp.office365.com:587`). Checks the access token, who may
 * send as whom and the limits of client submission, hands the message to the transport and keeps a copy in Sent Items.
 * Spoken by npm smtp-server, with the replies of Exchange. Nothing here knows the product.
 *
 * Tables: none.
 */
export { createSmtpServer, type SmtpServer, type SmtpServerDeps } from './smtp-server.ts'
