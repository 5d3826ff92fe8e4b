import { createHash } from 'node:crypto'
import { hostAndPort, type ServerAddress } from '../../kernel/server-address.ts'

/** Servers of a mailbox that is opened with a password. */
export interface MailServers {
  imap: ServerAddress
  smtp: ServerAddress
  userName: string
  /** Certificate authorities (PEM) trusted for these servers, in addition to those of Node. */
  ca?: string | undefined
}

/** SHA-256 over addresses, TLS modes, user name and authorities; a password is sealed with it and opens for no other servers. */
export function serversDigest({ imap, smtp, userName, ca = '' }: MailServers): string {
  const address = (server: ServerAddress) => [hostAndPort(server), server.tls]
  const parts = JSON.stringify([address(imap), address(smtp), userName, ca.replaceAll(/\s+/g, '\n').trim()])
  return createHash('sha256').update(parts).digest('base64url')
}
