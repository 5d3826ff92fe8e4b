/**
 * Real mail servers for tests: Dovecot (IMAP, LMTP) and Postfix (SMTP submission), the judges that were not written by
 * us. Each is a child in the foreground with free ports on loopback and a data folder of its own, and ends with its
 * parent. Imports nothing of this repository; tests of `server`, `e2e` and `scripts` come in.
 *
 * Dovecot runs as anybody. Postfix runs only as root, because its master changes to users of its own: a test asks
 * `whyNoPostfix` and says so in its title.
 */
export { startDovecot, type Dovecot, type DovecotOptions } from './dovecot.ts'
export { startPostfix, whyNoPostfix, type Postfix, type PostfixOptions } from './postfix.ts'
export { startTokens, type Token, type Tokens } from './tokens.ts'
export { ownCertificate } from './own-certificate.ts'
export { startSmtpSink, type Arrived, type SmtpSink } from './smtp-sink.ts'
export { connectLines, type LineConnection } from './line-connection.ts'
export { plain, xoauth2 } from './xoauth2.ts'
