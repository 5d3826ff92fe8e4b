/** Addresses of the parts of this Microsoft 365, all without a trailing slash. */
export interface Addresses {
  /** Entra ID: sign-in pages and the token endpoint; at Microsoft `https://login.microsoftonline.com`. */
  login: string
  /** Microsoft Graph without its version; at Microsoft `https://graph.microsoft.com`. */
  graph: string
  /** App registrations; at Microsoft `https://portal.azure.com`. */
  portal: string
  /** Control panel: users, authenticator, external mail, clock. */
  controlPanel: string
}

/**
 * Addresses for mail clients: without TLS, SMTP also with STARTTLS. Microsoft's are
 * `outlook.office365.com:993` and `smtp.office365.com:587`, never without TLS.
 */
export interface MailServers {
  imap: { host: string; port: number }
  smtp: { host: string; port: number }
}

export interface Settings {
  /** Address on which each part listens. */
  listening: Addresses
  /**
   * Addresses in issuers, links and discovery. The same as `listening`, unless a client requires Microsoft's own host
   * names and its network layer routes them here.
   */
  named: Addresses
  /** More names under which other programs reach the sandbox, in addition to that of `listening`. */
  otherHosts?: readonly string[]
  /** Hosts in addition to loopback that get change notifications, also by `http`. */
  notifiedHosts?: readonly string[]
}
