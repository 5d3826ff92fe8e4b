/** Operations that every real IMAP server of this folder offers to a test. */
export interface ImapServer {
  host: '127.0.0.1'
  imapPort: number
  /** TLS from the start; only with `tls`. */
  imapsPort: number
  lmtpPort: number
  /** What a client must trust, PEM; only with `tls`. */
  ca: string | undefined
  /** Puts a message into INBOX of `user`, who need not exist before. */
  deliver(user: string, raw: string | Uint8Array): Promise<void>
  /** Ends every session of `user` now. */
  kick(user: string): Promise<void>
  /** Other passwords from now on; sessions go on until they are kicked. */
  setPasswords(users: Readonly<Record<string, string>>): Promise<void>
  log(): string
  /** Ends it and starts it again with the same ports, mail and configuration. */
  restart(): Promise<void>
  /** As `restart`, after SIGKILL to all its processes. */
  crash(): Promise<void>
  stop(): Promise<void>
}
