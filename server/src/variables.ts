/** Environment variables of the server: description, default and check of each. */
import { readFileSync, statSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { AUDIT_VARIABLES } from './audit-settings.ts'
import { BACKUP_VARIABLES } from './backup-settings.ts'
import { cloudsFileFault, keyFileFault, logFileFault, stateFileFault } from './file-faults.ts'
import { trustedProxiesFault } from './trusted-proxies.ts'

export interface Variable {
  name: string
  /** Description for the admin who sets it. */
  sentence: string
  default?: string
  /** Value in `.env.example`, if there is no default. Never one that would be harmful in use, such as a key. */
  example?: string
  /** Fault of a value, to be appended to the variable's name; `undefined` when the value is valid. */
  fault: (value: string, env: Environment, readSecret?: ReadSecret) => string | undefined
}

/** Content of a secret file; `undefined` if it can't be read. */
export type ReadSecret = (path: string) => string | undefined

export type Environment = Readonly<Record<string, string | undefined>>

const MAX_SECRET_BYTES = 64 * 1024
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

export const VARIABLES = [
  {
    name: 'DATABASE_URL',
    sentence: 'PostgreSQL 15 or newer: postgresql://user:password@host:5432/database. Postkey owns that database.',
    example: 'postgresql://postkey:password@localhost:5432/postkey',
    fault: (value) => (isDatabaseUrl(value) ? undefined : 'must begin with postgresql://'),
  },
  {
    name: 'DATABASE_URL_FILE',
    sentence: 'File with one line, DATABASE_URL, such as a secret of a container. Only one of the two is set.',
    example: '/run/secrets/database-url',
    fault: databaseUrlFileFault,
  },
  {
    name: 'PUBLIC_URL',
    sentence:
      'Public address of Postkey. Redirect URIs in Entra ID and links in mail begin with it, so choose it once.',
    example: 'https://mail.example.com',
    fault: publicUrlFault,
  },
  {
    name: 'HOST',
    sentence: 'The address to listen on. Behind a proxy on the same machine, localhost is right.',
    default: 'localhost',
    fault: (value) => (isHost(value) ? undefined : 'must be an address or a name'),
  },
  {
    name: 'PORT',
    sentence: 'The port to listen on.',
    default: '8400',
    fault: (value) => (isPort(value) ? undefined : 'must be a port from 1 to 65535'),
  },
  {
    name: 'SECURITY_CONTACT',
    sentence:
      'Contact for reports of vulnerabilities, shown at /.well-known/security.txt (RFC 9116): mailto:, https:// or tel:. Without it, there is no such page.',
    example: 'mailto:security@example.com',
    fault: (value) => (isContact(value) ? undefined : 'must begin with mailto:, https:// or tel:, without spaces'),
  },
  {
    name: 'CORS_ORIGINS',
    sentence:
      'Origins, separated by commas, whose pages may use the API with a key in the browser (CORS). Without it, browsers refuse that. Cookies are never accepted from them.',
    example: 'https://tools.example.com',
    fault: (value) =>
      value.split(',').every((origin) => isOrigin(origin.trim()))
        ? undefined
        : 'must be origins separated by commas, such as https://tools.example.com, without a path and without *',
  },
  {
    name: 'METRICS_PORT',
    sentence:
      'Port that serves GET /metrics, and nothing else, without an API key, which only monitoring must reach. Without it, metrics need a key on PORT.',
    example: '9400',
    fault: (value, { PORT }) =>
      !isPort(value)
        ? 'must be a port from 1 to 65535'
        : Number(value) === Number(PORT)
          ? 'is the same as PORT, where metrics need a key'
          : undefined,
  },
  {
    name: 'METRICS_HOST',
    sentence: 'The address to listen on for METRICS_PORT.',
    default: 'localhost',
    fault: (value) => (isHost(value) ? undefined : 'must be an address or a name'),
  },
  {
    name: 'TRUSTED_PROXIES',
    sentence:
      'Proxies whose X-Forwarded-For is trusted: addresses or networks such as 10.0.0.0/8, separated by commas, or loopback for this machine. Without it, everyone behind a proxy counts as one client.',
    example: 'loopback',
    fault: (value) => trustedProxiesFault(listOf(value)),
  },
  {
    name: 'POSTKEY_KEY_FILE',
    sentence:
      'Key file for the encryption of secrets and tokens. Keep it apart from database backups, so that a backup alone reveals nothing. Created at the first start.',
    example: '/etc/postkey/keys',
    fault: keyFileFault,
  },
  {
    name: 'POSTKEY_KEY',
    sentence:
      'Content of the key file, for machines that keep secrets in the environment: "id base64", separated by commas.',
    fault: (value, env) =>
      env.POSTKEY_KEY_FILE
        ? 'is set together with POSTKEY_KEY_FILE, and only one of them can be right'
        : value.split(',').every((line) => /^\s*[\w-]{1,40} [A-Za-z0-9+/]{43}=\s*$/.test(line))
          ? undefined
          : 'must be entries "id base64" of 32 bytes each, with commas between them',
  },
  {
    name: 'POSTKEY_STATE_FILE',
    sentence:
      'State file that distinguishes a restored database from a continuing one, so that mail is not sent twice. On a disk that survives an upgrade, outside the data folder and every backup; one per host. Default: next to POSTKEY_KEY_FILE; with POSTKEY_KEY there is none unless this is set.',
    example: '/var/lib/postkey/state',
    fault: stateFileFault,
  },
  {
    name: 'POSTKEY_CLOUDS_FILE',
    sentence: 'JSON file with additional Microsoft clouds, such as a sandbox.',
    example: '/etc/postkey/clouds.json',
    fault: cloudsFileFault,
  },
  {
    name: 'POSTKEY_ALERT_HOSTS',
    sentence:
      'Mail relays and webhooks for alerts in a private network or on this machine: host:port, separated by commas. All others need public addresses.',
    example: 'relay.example.com:25',
    fault: (value) =>
      listOf(value).every((entry) => /^[\w.-]+:\d{1,5}$/.test(entry))
        ? undefined
        : 'must be host:port, with commas between',
  },
  {
    name: 'POSTKEY_MAIL_HOSTS',
    sentence:
      'Mail servers for mailboxes with a password in a private network or on this machine: host:port, separated by commas. All others need public addresses and TLS.',
    example: 'mail.example.com:993,mail.example.com:587',
    fault: (value) =>
      listOf(value).every((entry) => /^[\w.-]+:\d{1,5}$/.test(entry))
        ? undefined
        : 'must be host:port, with commas between',
  },
  {
    name: 'POSTKEY_SIGN_IN_HOSTS',
    sentence:
      'OpenID Connect providers for the sign-in to Postkey in a private network or on this machine: host:port, separated by commas. All others need public addresses.',
    example: 'login.example.com:443',
    fault: (value) =>
      listOf(value).every((entry) => /^[\w.-]+:\d{1,5}$/.test(entry))
        ? undefined
        : 'must be host:port, with commas between',
  },
  {
    name: 'POSTKEY_SILENT_AFTER_MINUTES',
    sentence:
      'Minutes without proof that a mailbox was read after which an incident opens, even without an error: 10 to 1440. A healthy mailbox is read at least every five minutes.',
    default: '15',
    fault: (value) =>
      /^\d{1,4}$/.test(value) && Number(value) >= 10 && Number(value) <= 1440
        ? undefined
        : 'must be a whole number from 10 to 1440',
  },
  {
    name: 'POSTKEY_IMAP_COMPRESSION',
    sentence:
      'IMAP compression if the server supports it: on or off. It saves bandwidth and needs fifteen times the CPU time.',
    default: 'off',
    fault: (value) => (value === 'on' || value === 'off' ? undefined : 'must be on or off'),
  },
  {
    name: 'POSTKEY_RETENTION_DAYS',
    sentence:
      'Default age in full days of UTC at which events, read records, and alerts without an open incident are deleted: 30 to 3650. Settings can set another one for events and alerts.',
    default: '90',
    fault: (value) =>
      /^\d{1,4}$/.test(value) && Number(value) >= 30 && Number(value) <= 3650
        ? undefined
        : 'must be a whole number from 30 to 3650',
  },
  ...BACKUP_VARIABLES,
  ...AUDIT_VARIABLES,
  {
    name: 'POSTKEY_DRAIN_SECONDS',
    sentence:
      'Seconds after SIGTERM in which /readyz is 503 and everything else is answered as before: 0 to 60. For load balancers that check the health of several servers, longer than their interval. The supervisor must wait that much longer before it kills.',
    default: '0',
    fault: (value) =>
      /^\d{1,2}$/.test(value) && Number(value) <= 60 ? undefined : 'must be a whole number from 0 to 60',
  },
  {
    name: 'LOG_LEVEL',
    sentence: `Log level: ${LOG_LEVELS.join(', ')}.`,
    default: 'info',
    fault: (value) => (LOG_LEVELS.includes(value) ? undefined : `must be one of ${LOG_LEVELS.join(', ')}`),
  },
  {
    name: 'LOG_FILE',
    sentence:
      'Log file, instead of standard output, one per server: rotated at 10 MB, with the last four kept beside it as .1 to .4.',
    example: '/var/log/postkey/postkey.log',
    fault: logFileFault,
  },
] as const satisfies readonly Variable[]

export type VariableName = (typeof VARIABLES)[number]['name']

/** Entra ID accepts https, and http only for `localhost` (not for 127.0.0.1). */
function publicUrlFault(value: string): string | undefined {
  const url = URL.parse(value)
  if (!url || !['http:', 'https:'].includes(url.protocol)) return 'must be an address such as https://mail.example.com'
  if (url.username || url.password || url.search || url.hash || url.pathname !== '/') {
    return 'must end after the host and port'
  }
  if (url.protocol === 'http:' && url.hostname !== 'localhost') {
    return 'must begin with https://, as Entra ID takes http:// for localhost only'
  }
  return undefined
}

function databaseUrlFileFault(value: string, env: Environment, readSecret = readSecretFile): string | undefined {
  if (!isAbsolute(value)) return 'must be an absolute path'
  if (env.DATABASE_URL) return 'is set together with DATABASE_URL, and only one of them can be right'
  const content = readSecret(value)
  if (content === undefined) return 'names a file that cannot be read'
  if (/[\r\n]/.test(content)) return 'names a file with more than one line'
  return isDatabaseUrl(content) ? undefined : 'names a file whose content does not begin with postgresql://'
}

/** Content of a small file without the line end that editors add; `undefined` if it can't be read. */
export function readSecretFile(path: string): string | undefined {
  try {
    const stats = statSync(path)
    return stats.isFile() && stats.size <= MAX_SECRET_BYTES ? readFileSync(path, 'utf8').trim() : undefined
  } catch {
    return undefined
  }
}

/** Entries of a value with commas between them. */
export function listOf(value: string): string[] {
  return value.split(',').map((entry) => entry.trim())
}

function isDatabaseUrl(value: string): boolean {
  return /^postgres(ql)?:\/\/./.test(value)
}

function isHost(value: string): boolean {
  return /^[\w.:-]+$/.test(value)
}

function isOrigin(value: string): boolean {
  return /^https?:/.test(value) && URL.canParse(value) && new URL(value).origin === value
}

function isContact(value: string): boolean {
  return /^(?:mailto:[^\s@]+@[^\s@]+|https:\/\/\S+|tel:\+?[\d-]+)$/.test(value) && URL.canParse(value)
}

function isPort(value: string): boolean {
  return /^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535
}
