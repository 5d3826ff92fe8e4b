/** Where the parts of this Microsoft 365 are found. All without a trailing slash. */
export interface Addresses {
  /** Entra ID: sign-in pages and the token endpoint; Microsoft's `https://login.microsoftonline.com`. */
  login: string
  /** Microsoft Graph without its version; Microsoft's `https://graph.microsoft.com`. */
  graph: string
  /** App registrations; Microsoft's `https://portal.azure.com`. */
  portal: string
  /** The sandbox's own pages: people, authenticator, world outside, clock. */
  controlPanel: string
}

/**
 * Where mail programs connect, on loopback: plain, SMTP with STARTTLS as well. Microsoft's are
 * `outlook.office365.com:993` and `smtp.office365.com:587`, never without TLS.
 */
export interface MailServers {
  imap: { host: string; port: number }
  smtp: { host: string; port: number }
}

export interface Settings {
  /** Where each part listens, on loopback. */
  listening: Addresses
  /**
   * What the parts call themselves in issuers, links and discovery. The same as `listening`, unless a client
   * insists on Microsoft's own names and is routed here by its network layer.
   */
  named: Addresses
}
