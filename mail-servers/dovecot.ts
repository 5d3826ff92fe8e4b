/** Private Dovecot 2.4: IMAP with CONDSTORE, QRESYNC, IDLE and MOVE, and LMTP for delivery. */
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { makeCertificate } from './certificate.ts'
import { startChild } from './child.ts'
import { createDataFolder, readIfThere, removeDataFolder } from './data-folder.ts'
import { dovecotConfiguration, type DovecotPlan } from './dovecot-configuration.ts'
import { freePorts } from './free-port.ts'
import type { ImapServer } from './imap-server.ts'
import { needInstalled } from './installed.ts'
import { deliverByLmtp, deliverOnce } from './lmtp.ts'
import { run } from './run.ts'

const PACKAGES = 'dovecot-imapd dovecot-lmtpd'

export interface DovecotOptions {
  /**
   * RFC 7662 endpoint for XOAUTH2, including HTTP Basic credentials if it requires them. It returns `{ active, holder:
   * 'token-holder', mailboxes: '^(a@b[.]c)$' }`, as the sandbox's `/introspect` and `startTokens` do.
   */
  introspectionUrl?: string
  openidConfigurationUrl?: string
  /** Passwords by address in lower case, for PLAIN and LOGIN. */
  users?: Readonly<Record<string, string>>
  /** Also offers STARTTLS, and implicit TLS at `imapsPort`. */
  tls?: boolean
  /** Lines appended to the configuration, for example `imap_capability = …`. */
  extra?: string
}

export interface Dovecot extends ImapServer {
  /** SASL port for Postfix. */
  authPort: number
  /**
   * Runs any other doveadm command and returns its output, for example `['mailbox', 'update', '-u', user,
   * '--uid-validity', '7', 'INBOX']`.
   */
  doveadm(args: readonly string[]): Promise<string>
}

export async function startDovecot(options: DovecotOptions = {}): Promise<Dovecot> {
  const program = needInstalled('dovecot', PACKAGES)
  const doveadmProgram = needInstalled('doveadm', PACKAGES)
  if (!options.introspectionUrl && !options.users) {
    throw new TypeError('Dovecot needs introspectionUrl or users; without them, all logins fail.')
  }

  const folder = createDataFolder('dovecot')
  const identity = await whoRunsIt()
  mkdirSync(join(folder, 'mail'), { mode: 0o777 })
  chmodSync(join(folder, 'mail'), 0o777)
  const [imap, imaps, lmtp, auth] = (await freePorts(4)) as [number, number, number, number]
  const certificate = options.tls ? await makeCertificate(folder) : undefined
  const configurationFile = join(folder, 'dovecot.conf')
  writeFileSync(
    configurationFile,
    dovecotConfiguration({
      folder,
      ports: { imap, imaps, lmtp, auth },
      introspectionUrl: options.introspectionUrl,
      openidConfigurationUrl: options.openidConfigurationUrl,
      passwordFile: options.users && writePasswords(join(folder, 'passwords'), options.users),
      certificate,
      identity,
      extra: options.extra ?? '',
    }),
  )

  const log = () => readIfThere(join(folder, 'dovecot.log'))
  const start = () => startChild(program, ['-F', '-c', configurationFile], [imap, lmtp, auth], log)
  let child = await start().catch((error: unknown) => {
    removeDataFolder(folder)
    throw error
  })
  /**
   * Starts Dovecot again after it has ended, possibly by SIGKILL. Dovecot refuses to start while another process has
   * the id in this file.
   */
  const startAgain = () => {
    rmSync(join(folder, 'run', 'master.pid'), { force: true })
    return start()
  }
  const doveadm = (args: readonly string[]) => run(doveadmProgram, ['-c', configurationFile, ...args])
  return {
    host: '127.0.0.1',
    imapPort: imap,
    imapsPort: imaps,
    lmtpPort: lmtp,
    authPort: auth,
    ca: certificate?.ca,
    deliver: (user, raw) =>
      deliverOnce(
        () => deliverByLmtp(lmtp, user, raw),
        () => isStored({ doveadm }, user, raw),
      ),
    async kick(user) {
      await doveadm(['kick', user])
    },
    doveadm,
    async setPasswords(users) {
      if (!options.users) throw new TypeError('it was started without passwords')
      writePasswords(join(folder, 'passwords'), users)
      // Dovecot compares the file's modification time with a resolution of one second.
      await doveadm(['reload'])
    },
    log,
    async restart() {
      await child.stop()
      child = await startAgain()
    },
    async crash() {
      await child.kill()
      child = await startAgain()
    },
    async stop() {
      await child.stop()
      removeDataFolder(folder)
    },
  }
}

/**
 * Looks for a message by its Message-ID. An earlier message with the same Message-ID counts as this one: a test that
 * delivers a Message-ID twice can miss the second copy when its delivery stays unanswered.
 */
export async function isStored(
  { doveadm }: Pick<Dovecot, 'doveadm'>,
  user: string,
  raw: string | Uint8Array,
): Promise<boolean> {
  const [header = ''] = Buffer.from(raw)
    .toString('latin1')
    .split(/\r?\n\r?\n/, 1)
  const unfolded = header.replace(/\r?\n(?=[ \t])/g, '')
  const messageId = /^message-id:[ \t]*(<[^>\r\n]+>)/im.exec(unfolded)?.[1]
  if (messageId === undefined) throw new Error(`LMTP gave no answer for ${user}, and the message has no Message-ID`)
  return (await doveadm(['search', '-u', user, 'header', 'Message-ID', messageId])) !== ''
}

/**
 * Users that Dovecot runs as. As root, Dovecot switches to the users of Debian's package; otherwise it stays the user
 * of the test.
 */
async function whoRunsIt(): Promise<DovecotPlan['identity']> {
  if (process.getuid?.() === 0) {
    return {
      ...{ internal: 'dovecot', internalGroup: 'dovecot', login: 'dovenull' },
      ...{ mail: 'nobody', mailGroup: 'nogroup', isRoot: true },
    }
  }
  const { username } = userInfo()
  const group = (await run(needInstalled('id', 'coreutils'), ['-gn'])).trim()
  return { internal: username, internalGroup: group, login: username, mail: username, mailGroup: group, isRoot: false }
}

function writePasswords(file: string, users: Readonly<Record<string, string>>): string {
  // Base64, because a colon would end the field.
  const lines = Object.entries(users).map(
    ([user, password]) => `${user.toLowerCase()}:{PLAIN.b64}${Buffer.from(password).toString('base64')}`,
  )
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o644 })
  return file
}
