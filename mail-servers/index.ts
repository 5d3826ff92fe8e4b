/**
 * Real third-party mail servers for tests: Dovecot and Cyrus (IMAP, LMTP), Postfix and Exim (SMTP submission). Each is
 * a child process in the foreground with free ports on loopback and its own data folder, and ends with its parent. The
 * folder imports nothing else of this repository. Tests of `server`, `e2e` and `scripts` use it.
 *
 * Postfix runs only as root, because its master switches to its own users. Cyrus and Exim are unpacked by `npm run
 * setup` and may be missing. A test calls `whyNoPostfix` or `whyNotUnpacked` and gives the reason in its title.
 */
export { startDovecot, type Dovecot, type DovecotOptions } from './dovecot.ts'
export { startPostfix, whyNoPostfix, type Postfix, type PostfixOptions } from './postfix.ts'
export { startCyrus, type CyrusOptions } from './cyrus.ts'
export { startExim, type EximOptions } from './exim.ts'
export type { ImapServer } from './imap-server.ts'
export type { SmtpServer } from './smtp-server.ts'
export { openMailProgram, type MailProgram } from './mail-program.ts'
export { programPath, unpackedFolder, whyNotUnpacked, type UnpackedName } from './unpacked.ts'
export { startTokens, type Token, type Tokens } from './tokens.ts'
export {
  createCertificate,
  deployedFile,
  PROXY_NAME,
  startCaddy,
  startNginx,
  stopProxy,
  type ProxyName,
  type ProxyPlace,
} from './reverse-proxy.ts'
export { ownCertificate } from './own-certificate.ts'
export { startSmtpSink, type Arrived, type SmtpSink } from './smtp-sink.ts'
export { connectLines, type LineConnection } from './line-connection.ts'
export { plain, xoauth2 } from './xoauth2.ts'
