/** Private Cyrus IMAP 3.10, the IMAP server of Fastmail and many universities. LMTP delivers mail to it. */
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeCertificate } from './certificate.ts'
import { startChild, type ServerChild } from './child.ts'
import { cyrusConf, imapdConf, type CyrusPlan } from './cyrus-configuration.ts'
import { createDataFolder, removeDataFolder } from './data-folder.ts'
import { freePorts } from './free-port.ts'
import { identityOfServer } from './identity.ts'
import type { ImapServer } from './imap-server.ts'
import { deliverByLmtp } from './lmtp.ts'
import { openMailProgram } from './mail-program.ts'
import { startPasswordCheck } from './saslauthd.ts'
import { needUnpacked, programPath } from './unpacked.ts'

export interface CyrusOptions {
  /** Passwords by address in lower case, for PLAIN, LOGIN and the LOGIN command. */
  users: Readonly<Record<string, string>>
  /** Also offers STARTTLS, and implicit TLS at `imapsPort`. */
  tls?: boolean
  /** Puts all folders below INBOX, separated by a dot: the default of Cyrus 2 and of Courier. */
  belowInbox?: boolean
}

export async function startCyrus(options: CyrusOptions): Promise<ImapServer> {
  const { root, env } = needUnpacked('cyrus-imapd')
  const programs = dirname(join(root, programPath('cyrus-imapd')))
  const folder = createDataFolder('cyrus')
  let users = options.users
  const [imap, imaps, lmtp] = (await freePorts(3)) as [number, number, number]
  const certificate = options.tls ? await makeCertificate(folder) : undefined
  const identity = await identityOfServer('nobody', 'nogroup')
  const plan: CyrusPlan = {
    folder,
    programs,
    ports: { imap, imaps, lmtp },
    user: identity.user,
    group: identity.group,
    belowInbox: options.belowInbox ?? false,
    certificate,
  }
  for (const name of ['state', 'state/socket', 'proc', 'lock', 'mail', 'sockets']) {
    mkdirSync(join(folder, name), { mode: 0o755 })
    if (identity.ids) chownSync(join(folder, name), ...identity.ids)
  }
  if (certificate) chmodSync(certificate.keyFile, 0o644)
  writeFileSync(join(folder, 'imapd.conf'), imapdConf(plan))
  writeFileSync(join(folder, 'cyrus.conf'), cyrusConf(plan))
  const passwords = await startPasswordCheck(
    join(folder, 'sockets', 'passwords'),
    (user, password) => users[user] === password,
  )

  // Cyrus logs only to syslog.
  const log = () => 'Cyrus logs to syslog.'
  const args = ['-C', join(folder, 'imapd.conf'), '-M', join(folder, 'cyrus.conf'), '-p', join(folder, 'master.pid')]
  const ports = [imap, lmtp, ...(certificate ? [imaps] : [])]
  const start = () => startChild(join(programs, 'master'), [...args, '-D'], ports, log, env)
  let child = await start()
    .then((started) => withMailboxes(started, imap, users))
    .catch(async (error: unknown) => {
      await passwords.stop()
      removeDataFolder(folder)
      throw error
    })

  return {
    host: '127.0.0.1',
    imapPort: imap,
    imapsPort: imaps,
    lmtpPort: lmtp,
    ca: certificate?.ca,
    deliver: (user, raw) => deliverByLmtp(lmtp, user, raw),
    kick: async (user) => endSessionsOf(user.toLowerCase(), join(folder, 'proc')),
    setPasswords: async (changed) => void (users = changed),
    log,
    async restart() {
      await child.stop()
      child = await start()
    },
    async crash() {
      await child.kill()
      child = await start()
    },
    async stop() {
      await child.stop()
      await passwords.stop()
      removeDataFolder(folder)
    },
  }
}

/**
 * Creates the mailbox of each user in sequence. The first login or message creates a mailbox; one of two concurrent
 * attempts fails.
 */
async function withMailboxes(child: ServerChild, port: number, users: CyrusOptions['users']): Promise<ServerChild> {
  try {
    for (const [user, password] of Object.entries(users)) (await openMailProgram(port, user, password)).close()
    return child
  } catch (error) {
    await child.stop()
    throw error
  }
}

/**
 * Ends the sessions of a user. Each Cyrus process writes a file named after its process id with these tab-separated
 * fields: service, client, user and folder.
 */
function endSessionsOf(user: string, procFolder: string): void {
  for (const id of readdirSync(procFolder)) {
    if (!/^\d+$/.test(id)) continue
    const about = readFileSync(join(procFolder, id), 'utf8').split(/[\t\n]/)
    if (about.includes(user)) process.kill(Number(id), 'SIGTERM')
  }
}
