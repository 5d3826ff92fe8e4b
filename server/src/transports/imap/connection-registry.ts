import type { Clock } from '../../kernel/clock.ts'
import type { DialGuard } from '../../kernel/dial-guard.ts'
import type { GraphTransportOptions } from '../graph/graph-transport.ts'
import type { ImapReadingOptions } from './imap-reading.ts'
import type { ImapLogin, ImapServer } from './login.ts'
import { createMailboxConnections, type MailboxConnections } from './mailbox-connections.ts'

export interface ImapOptions {
  /** Also reads what Graph gives. */
  parser: ImapReadingOptions['parser'] & NonNullable<GraphTransportOptions['parser']>
  dialGuard: Pick<DialGuard, 'addressOf'>
  /** DEFLATE (RFC 4978) where the server offers it. */
  compression?: boolean
}

/**
 * Connections of this process by mailbox and principal. Sync, sending and attachment downloads share them, because
 * servers count them together.
 */
export function createConnectionRegistry({ clock, imap }: { clock: Clock; imap: ImapOptions }) {
  const known = new Map<string, { settings: string; connections: MailboxConnections }>()

  /** Returns the connections of that name. Other `settings` than before close them and open new ones. */
  function open(
    name: string,
    settings: string,
    { server, login }: { server: ImapServer; login: ImapLogin },
  ): MailboxConnections {
    const before = known.get(name)
    if (before?.settings === settings) return before.connections
    void before?.connections.close()
    const { dialGuard, compression } = imap
    const connections = createMailboxConnections({ server, login, dialGuard, clock, compression })
    known.set(name, { settings, connections })
    return connections
  }

  async function close(): Promise<void> {
    await Promise.all([...known.values()].map(({ connections }) => connections.close()))
    known.clear()
  }

  return { open, close }
}
