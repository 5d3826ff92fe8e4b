/** Private Postfix for submission. Dovecot authenticates its users; mail is delivered to Dovecot or to the sink. */
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeCertificate } from './certificate.ts'
import { startChild } from './child.ts'
import { createDataFolder, readIfThere, removeDataFolder } from './data-folder.ts'
import type { Dovecot } from './dovecot.ts'
import { freePorts } from './free-port.ts'
import { needInstalled } from './installed.ts'
import { mainConfiguration, masterConfiguration } from './postfix-configuration.ts'
import { run } from './run.ts'
import { wrapSmtpServer, type SmtpServer } from './smtp-server.ts'
import { startSmtpSink } from './smtp-sink.ts'

const MASTER = '/usr/lib/postfix/sbin/master'

export interface PostfixOptions {
  /** Dovecot that authenticates users and receives mail for `domains`. */
  dovecot: Pick<Dovecot, 'authPort' | 'lmtpPort'>
  domains: readonly string[]
  /**
   * Logins that may send as an address. An address without an entry belongs to no login; sending as it is refused: 553
   * 5.7.1.
   */
  sendAs: Readonly<Record<string, readonly string[]>>
  /** Response to RCPT TO by address, for example `450 4.2.0 Try again later`. */
  recipients?: Readonly<Record<string, string>>
  /** Maximum size of a message in bytes; 40 MB when absent. */
  sizeLimitBytes?: number
  /** Offers STARTTLS and refuses AUTH before it. */
  tls?: boolean
  /** Lines appended to main.cf. */
  extra?: string
}

export type Postfix = SmtpServer

/**
 * Reason why Postfix cannot run here, for the title of a skipped test; `undefined` if it can run. A missing Postfix is
 * not a reason to skip: the test fails and names the packages to install.
 */
export function whyNoPostfix(): string | undefined {
  return process.getuid?.() === 0 ? undefined : 'Postfix runs only as root'
}

export async function startPostfix(options: PostfixOptions): Promise<Postfix> {
  const why = whyNoPostfix()
  if (why) throw new Error(`${why}: the Postfix master switches to its own users. Only Dovecot runs as any user.`)
  const postfix = needInstalled('postfix', 'postfix')
  const folder = createDataFolder('postfix')
  const sink = await startSmtpSink()
  const log = () => readIfThere(join(folder, 'postfix.log'))
  try {
    const [port] = (await freePorts(1)) as [number]
    const certificate = options.tls ? await makeCertificate(folder) : undefined
    const owner = await idOf('postfix')
    chmodSync(folder, 0o755)
    for (const name of ['queue', 'data', 'conf']) mkdirSync(join(folder, name), { mode: 0o755 })
    chownSync(join(folder, 'data'), owner, owner)
    writeFileSync(
      join(folder, 'senders'),
      mapOf(options.sendAs, (logins) => logins.join(', ')),
    )
    writeFileSync(
      join(folder, 'recipients'),
      mapOf(options.recipients ?? {}, (answer) => answer),
    )
    writeFileSync(
      join(folder, 'conf', 'main.cf'),
      mainConfiguration({
        folder,
        port,
        authPort: options.dovecot.authPort,
        lmtpPort: options.dovecot.lmtpPort,
        relayPort: sink.port,
        domains: options.domains,
        sendersFile: join(folder, 'senders'),
        recipientsFile: join(folder, 'recipients'),
        sizeLimitBytes: options.sizeLimitBytes ?? 40 * 1024 * 1024,
        certificate,
        extra: options.extra ?? '',
      }),
    )
    writeFileSync(join(folder, 'conf', 'master.cf'), masterConfiguration(port))
    // Creates the folders of the queue; the master does not create them.
    await run(postfix, ['-c', join(folder, 'conf'), 'check'])
    // Not "postfix start-fg": when killed, it leaves the master running.
    const child = await startChild(MASTER, ['-c', join(folder, 'conf'), '-d'], [port], log)
    return wrapSmtpServer({ folder, port, ca: certificate?.ca, child, sink, log })
  } catch (error) {
    await sink.stop()
    removeDataFolder(folder)
    throw error
  }
}

async function idOf(user: string): Promise<number> {
  return Number(await run(needInstalled('id', 'coreutils'), ['-u', user]))
}

function mapOf<Value>(entries: Readonly<Record<string, Value>>, write: (value: Value) => string): string {
  return Object.entries(entries)
    .map(([address, value]) => `${address.toLowerCase()} ${write(value)}\n`)
    .join('')
}
