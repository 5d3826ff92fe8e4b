import { type AddressInfo, createServer, type Server } from 'node:net'
import type { MovableClock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import { LOOPBACK_HOSTS } from '../../kernel/network.ts'
import { COMMANDS } from './commands.ts'
import { createMimeSource } from './mime-source.ts'
import { type CommandDeps, Session } from './session.ts'
import { createSubscriptions } from './subscriptions.ts'

/**
 * Maximum sessions per mailbox. Microsoft documents no number; users report 16 to 20 (docs/reference/microsoft-365.md
 * §E.4, unconfirmed).
 */
const MOST_PER_MAILBOX = 20
const MOST_CONNECTIONS = 500
/** Idle timeout. docs/reference/microsoft-365.md §E.4: in the 30-minute class. */
const LONGEST_SILENCE_MS = 30 * 60 * 1000
const TOKEN_EXPIRED = 'Session invalidated - AccessTokenExpired'
const LOOK_EVERY_MS = 1000

export interface ImapServerDeps extends Omit<CommandDeps, 'mimes' | 'subscriptions' | 'admit'> {
  database: Database
  clock: MovableClock
  report: (error: unknown) => void
}

export interface ImapServer {
  /** Listens on all hosts, by default on both loopback addresses. Returns the port; 0 lets the system choose. */
  listen(port: number, hosts?: readonly string[]): Promise<number>
  close(): Promise<void>
}

export function createImapServer({ database, report, ...deps }: ImapServerDeps): ImapServer {
  const { clock, mailStore, faults } = deps
  const sessions = new Set<Session>()
  const mimes = createMimeSource(mailStore)
  const subscriptions = createSubscriptions(database)
  const servers: Server[] = []

  function admit(session: Session): boolean {
    const { mailboxId } = session
    if (mailboxId === undefined) return true
    const met = faults.find('imap.sessions', session.subject())
    const ofMailbox = [...sessions].filter((each) => each.mailboxId === mailboxId).length
    if (ofMailbox <= (met?.effect.most ?? MOST_PER_MAILBOX)) return true
    met?.reveal()
    return false
  }

  mailStore.onChange((change) => {
    for (const session of sessions) {
      if (session.selected?.folderId !== change.folderId) continue
      session.selected.hear(change)
      // Sends the changes of one batch together.
      if (session.onNews) setImmediate(() => session.onNews?.())
    }
  })

  /** Ends sessions whose token or idle timeout has expired. */
  function look(): void {
    const now = clock.now().getTime()
    for (const session of sessions) {
      const { signedIn, lastHeardAt } = session
      if (signedIn && signedIn.claims.expiresAt <= now) session.end(TOKEN_EXPIRED)
      else if (signedIn && isOver('imap.token', session, now - signedIn.at)) session.end(TOKEN_EXPIRED)
      else if (now - lastHeardAt >= LONGEST_SILENCE_MS || isOver('imap.silence', session, now - lastHeardAt)) {
        session.end('Connection is closed. 13')
      }
    }
  }

  function isOver(point: 'imap.token' | 'imap.silence', session: Session, sinceMs: number): boolean {
    const met = faults.find(point, session.subject())
    if (!met || sinceMs < met.effect.afterMs) return false
    met.reveal()
    return true
  }

  // A fault that closes a mailbox also ends its idle sessions.
  faults.onSwitchedOn((_fault, on) => {
    for (const session of sessions) {
      const met = session.mailboxId !== undefined && faults.effectOf('imap.mailbox', on, session.subject())
      if (!met) continue
      met.reveal()
      session.end('Connection closed. 14')
    }
    look()
  })
  const timer = setInterval(look, LOOK_EVERY_MS)
  timer.unref()
  clock.onMove(look)

  function listenOn(host: string, port: number): Promise<number> {
    const server = createServer({ noDelay: true }, (socket) => {
      socket.on('error', () => undefined)
      if (sessions.size >= MOST_CONNECTIONS) {
        socket.end('* BYE Connection closed. 14\r\n')
        return
      }
      const session = new Session({ ...deps, socket, commands: COMMANDS, mimes, subscriptions, admit, report })
      sessions.add(session)
      socket.once('close', () => sessions.delete(session))
      void session.run()
    })
    servers.push(server)
    return new Promise((resolve, reject) => {
      server.on('error', reject)
      server.listen({ host, port }, () => resolve((server.address() as AddressInfo).port))
    })
  }

  return {
    async listen(wanted, [first = '127.0.0.1', ...more] = LOOPBACK_HOSTS) {
      const port = await listenOn(first, wanted)
      for (const host of more) {
        // A machine without IPv6 has no ::1.
        await listenOn(host, port).catch((error: unknown) => {
          const { code } = error as NodeJS.ErrnoException
          if (code !== 'EADDRNOTAVAIL' && code !== 'EAFNOSUPPORT') throw error
        })
      }
      return port
    },
    async close() {
      clearInterval(timer)
      for (const session of sessions) session.end('Connection closed. 14')
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
    },
  }
}
