/** Operations that every real IMAP server of this folder offers to tests. */
export interface ImapServer {
  host: '127.0.0.1'
  imapPort: number
  /** Port with implicit TLS; only with `tls`. */
  imapsPort: number
  lmtpPort: number
  /** CA certificate that a client must trust, in PEM format; only with `tls`. */
  ca: string | undefined
  /** Delivers a message to the INBOX of `user`, and creates the user if necessary. */
  deliver(user: string, raw: string | Uint8Array): Promise<void>
  /** Ends all current sessions of `user`. */
  kick(user: string): Promise<void>
  /** Replaces the passwords. Open sessions continue until they are kicked. */
  setPasswords(users: Readonly<Record<string, string>>): Promise<void>
  log(): string
  /** Stops the server and starts it again with the same ports, mail and configuration. */
  restart(): Promise<void>
  /** Restarts the server after SIGKILL to all its processes. */
  crash(): Promise<void>
  stop(): Promise<void>
}
