/**
 * Programs that the tests need in addition to npm. A new program needs only a row here: `npm run setup` installs it,
 * and a test step that needs it is listed as not run while it is missing.
 */
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { programPath, unpackedFolder, type UnpackedName } from '../mail-servers/index.ts'

export type ProgramName = keyof typeof PROGRAMS

export interface Program {
  /** Debian packages that contain it. */
  debian: readonly string[]
  /**
   * Names to search in PATH, then absolute paths outside of it. The first executable one is used; a library (`.so`)
   * only has to exist.
   */
  commands: readonly string[]
  /** Instruction for systems other than Debian. */
  elsewhere: string
  /**
   * Folder into which the package is unpacked with its missing libraries. It is not installed, because its package
   * conflicts with the package of another program in this list.
   */
  unpackInto?: string
  /** System user to create; the unpacked program refuses to run without it. */
  user?: string
}

export const PROGRAMS = {
  chromium: {
    debian: ['chromium'],
    commands: [
      'chromium',
      'chromium-browser',
      'google-chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ],
    elsewhere: 'install Chromium or Google Chrome, so that "chromium" or "google-chrome" is in the path',
  },
  // Started by `mail-servers/`. Found by the files of each package, because both packages contain the same program.
  'dovecot-imap': {
    debian: ['dovecot-imapd'],
    commands: ['/usr/lib/dovecot/imap', '/usr/libexec/dovecot/imap', '/opt/homebrew/libexec/dovecot/imap'],
    elsewhere: 'install Dovecot 2.4',
  },
  'dovecot-lmtp': {
    debian: ['dovecot-lmtpd'],
    commands: ['/usr/lib/dovecot/lmtp', '/usr/libexec/dovecot/lmtp', '/opt/homebrew/libexec/dovecot/lmtp'],
    elsewhere: 'install Dovecot 2.4 with LMTP',
  },
  postfix: {
    debian: ['postfix'],
    commands: ['/usr/lib/postfix/sbin/master'],
    elsewhere: 'run the tests on Debian: the private Postfix expects its folders there',
  },
  'cyrus-imap': unpacked('cyrus-imapd'),
  // The user name is compiled into the program.
  exim: { ...unpacked('exim4-daemon-light'), user: 'Debian-exim' },
  // Network namespaces, a TLS proxy, certificates: for `npm run edges`. Both proxies also run the files of deploy/proxy.
  ip: { debian: ['iproute2'], commands: ['ip', '/usr/sbin/ip'], elsewhere: 'run it on Linux with iproute2' },
  nginx: { debian: ['nginx-light'], commands: ['nginx', '/usr/sbin/nginx'], elsewhere: 'install nginx' },
  caddy: { debian: ['caddy'], commands: ['caddy'], elsewhere: 'install Caddy' },
  openssl: { debian: ['openssl'], commands: ['openssl'], elsewhere: 'install OpenSSL' },
  // Also contains unshare.
  'util-linux': { debian: ['util-linux'], commands: ['prlimit'], elsewhere: 'run it on Linux with util-linux' },
  curl: { debian: ['curl'], commands: ['curl'], elsewhere: 'install curl' },
  // Both run programs of docs/api.
  jq: { debian: ['jq'], commands: ['jq'], elsewhere: 'install jq' },
  python3: { debian: ['python3'], commands: ['python3'], elsewhere: 'install Python 3' },
  logrotate: { debian: ['logrotate'], commands: ['logrotate', '/usr/sbin/logrotate'], elsewhere: 'install logrotate' },
  // Evaluates the alert rules of `deploy/monitoring`; without the server of Prometheus.
  promtool: { debian: ['promtool'], commands: ['promtool'], elsewhere: 'install Prometheus, which has promtool' },
  mbsync: { debian: ['isync'], commands: ['mbsync'], elsewhere: 'install isync' },
  // A libsasl2 plug-in without a command; mbsync needs it for XOAUTH2.
  'sasl-xoauth2': {
    debian: ['libsasl2-modules-kdexoauth2'],
    commands: ['x86_64', 'aarch64'].map((machine) => `/usr/lib/${machine}-linux-gnu/sasl2/libkdexoauth2.so`),
    elsewhere: 'install the XOAUTH2 plug-in for Cyrus SASL',
  },
} as const satisfies Record<string, Program>

/** A server that `mail-servers/` starts and whose package conflicts with Dovecot or Postfix. */
function unpacked(name: UnpackedName) {
  const folder = unpackedFolder(name)
  return {
    debian: [name],
    commands: [join(folder, programPath(name)), `/${programPath(name)}`],
    elsewhere: 'run the tests on Debian: the server comes from its package',
    unpackInto: folder,
  } satisfies Program
}

/** Path of the program, or `undefined` when it is not installed. */
export function findProgram(name: ProgramName, path: string = process.env.PATH ?? ''): string | undefined {
  return findCommand(PROGRAMS[name].commands, path)
}

export function findCommand(commands: readonly string[], path: string): string | undefined {
  const places = commands.flatMap((command) =>
    command.includes('/')
      ? [command]
      : path
          .split(delimiter)
          .filter(Boolean)
          .map((folder) => join(folder, command)),
  )
  return places.find(canRun)
}

function canRun(file: string): boolean {
  try {
    accessSync(file, file.endsWith('.so') ? constants.R_OK : constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
