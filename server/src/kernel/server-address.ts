/** Address of a mail server and the encryption of its connection. */
export interface ServerAddress {
  host: string
  port: number
  /**
   * `implicit`: TLS from the first byte (RFC 8314 §3). `starttls`: credentials are sent only after TLS starts, and
   * without it the connection is closed (RFC 8314 §4.1). `none`: only on this machine and for hosts declared by the
   * operator.
   */
  tls: 'implicit' | 'starttls' | 'none'
}

/** Returns `host:port`, as used in declarations such as POSTKEY_ALERT_HOSTS. */
export function hostAndPort({ host, port }: Pick<ServerAddress, 'host' | 'port'>): string {
  return `${host.toLowerCase()}:${port}`
}
