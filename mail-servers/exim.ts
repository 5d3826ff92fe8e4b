/** Private Exim 4.98 for submission, Debian's default mail server. It checks passwords itself. */
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeCertificate } from './certificate.ts'
import { startChild } from './child.ts'
import { createDataFolder, readIfThere, removeDataFolder } from './data-folder.ts'
import { eximConfiguration } from './exim-configuration.ts'
import { freePorts } from './free-port.ts'
import { identityOfServer } from './identity.ts'
import type { ImapServer } from './imap-server.ts'
import { wrapSmtpServer, type SmtpServer } from './smtp-server.ts'
import { startSmtpSink } from './smtp-sink.ts'
import { needUnpacked, programPath } from './unpacked.ts'

export interface EximOptions {
  /** IMAP server that receives mail for `domains`. */
  imap: Pick<ImapServer, 'lmtpPort'>
  domains: readonly string[]
  /** Passwords by address in lower case, for PLAIN and LOGIN. */
  users: Readonly<Record<string, string>>
  /** Logins that may send as an address. Another login is refused: 550 Administrative prohibition. */
  sendAs: Readonly<Record<string, readonly string[]>>
  /** Response to RCPT TO by address, for example `450 4.2.0 Try again later`. */
  recipients?: Readonly<Record<string, string>>
  /** Maximum size of a message in bytes; 40 MB when absent. */
  sizeLimitBytes?: number
  /** Offers STARTTLS and refuses AUTH before it. */
  tls?: boolean
}

export async function startExim(options: EximOptions): Promise<SmtpServer> {
  const { root, env } = needUnpacked('exim4-daemon-light')
  const program = join(root, programPath('exim4-daemon-light'))
  const folder = createDataFolder('exim')
  const sink = await startSmtpSink()
  const log = () => readIfThere(join(folder, 'log', 'mainlog')) + readIfThere(join(folder, 'log', 'paniclog'))
  try {
    const [port] = (await freePorts(1)) as [number]
    const certificate = options.tls ? await makeCertificate(folder) : undefined
    if (certificate) chmodSync(certificate.keyFile, 0o644)
    const identity = await identityOfServer('mail', 'mail')
    for (const name of ['spool', 'log']) {
      mkdirSync(join(folder, name), { mode: 0o755 })
      if (identity.ids) chownSync(join(folder, name), ...identity.ids)
    }
    writeFileSync(
      join(folder, 'passwords'),
      fileOf(options.users, (password) => Buffer.from(password).toString('base64')),
    )
    writeFileSync(
      join(folder, 'senders'),
      fileOf(options.sendAs, (logins) => logins.map((login) => login.toLowerCase()).join(',')),
    )
    writeFileSync(
      join(folder, 'recipients'),
      fileOf(options.recipients ?? {}, (answer) => answer),
    )
    const configurationFile = join(folder, 'exim.conf')
    writeFileSync(
      configurationFile,
      eximConfiguration({
        folder,
        program,
        user: identity.user,
        group: identity.group,
        lmtpPort: options.imap.lmtpPort,
        relayPort: sink.port,
        domains: options.domains,
        sizeLimitBytes: options.sizeLimitBytes ?? 40 * 1024 * 1024,
        certificate,
      }),
    )
    // Exim reads a colon in an address as a separator; it accepts a dot before the port.
    const args = ['-C', configurationFile, '-bdf', '-q1m', '-oX', `127.0.0.1.${port}`]
    const child = await startChild(program, args, [port], log, env)
    return wrapSmtpServer({ folder, port, ca: certificate?.ca, child, sink, log })
  } catch (error) {
    await sink.stop()
    removeDataFolder(folder)
    throw error
  }
}

function fileOf<Value>(entries: Readonly<Record<string, Value>>, write: (value: Value) => string): string {
  return Object.entries(entries)
    .map(([address, value]) => `${address.toLowerCase()}: ${write(value)}\n`)
    .join('')
}
