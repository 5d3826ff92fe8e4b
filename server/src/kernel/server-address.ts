/** Where a mail server is reached, and how the connection is kept from being read. */
export interface ServerAddress {
  host: string
  port: number
  /**
   * `implicit`: TLS from the first byte (RFC 8314 §3). `starttls`: never a word of a sign-in before it, and no going on
   * without it (RFC 8314 §4.1). `none`: on this machine, and where whoever runs the server has declared it.
   */
  tls: 'implicit' | 'starttls' | 'none'
}

/** Under which an address is declared, such as in POSTKEY_ALERT_HOSTS. */
export function hostAndPort({ host, port }: Pick<ServerAddress, 'host' | 'port'>): string {
  return `${host.toLowerCase()}:${port}`
}
