/** Form values for the servers of a mailbox, and the request made from them. */
import type { MailServers, ServerPreset } from '../../api/client.ts'

export type Direction = 'imap' | 'smtp'
export type Tls = MailServers['imap']['tls']

export interface ServerInput {
  host: string
  port: string
  tls: Tls
}

export interface ServersInput {
  imap: ServerInput
  smtp: ServerInput
  /** Empty: the address of the mailbox. */
  userName: string
  ca: string
  /** Exists only in the form and in its request. */
  password: string
}

/** RFC 8314 §3.3 for implicit TLS; RFC 9051 and RFC 6409 for the others. */
const PORTS: Readonly<Record<Direction, Readonly<Record<Tls, string>>>> = {
  imap: { implicit: '993', starttls: '143', none: '143' },
  smtp: { implicit: '465', starttls: '587', none: '587' },
}

export const NO_SERVERS: ServersInput = {
  imap: { host: '', port: PORTS.imap.implicit, tls: 'implicit' },
  smtp: { host: '', port: PORTS.smtp.implicit, tls: 'implicit' },
  ...{ userName: '', ca: '', password: '' },
}

/** Form values from stored settings; the password is never returned. */
export function serversInput({ imap, smtp, userName, ca = '' }: MailServers): ServersInput {
  const of = ({ host, port, tls }: MailServers['imap']): ServerInput => ({ host, port: String(port), tls })
  return { imap: of(imap), smtp: of(smtp), userName, ca, password: '' }
}

export function withPreset(request: ServersInput, preset: ServerPreset): ServersInput {
  const { imap, smtp } = serversInput({ ...preset, userName: '' })
  return { ...request, imap, smtp }
}

/** Changes the TLS mode with its usual port; a typed port stays. */
export function withTls(server: ServerInput, direction: Direction, tls: Tls): ServerInput {
  const isUsual = Object.values(PORTS[direction]).includes(server.port)
  return { ...server, tls, port: isUsual ? PORTS[direction][tls] : server.port }
}

/** Provider of an address, if it is certain. */
export function presetFor(address: string, presets: readonly ServerPreset[]): ServerPreset | undefined {
  const domain = address.trim().toLowerCase().split('@')[1]
  return domain === undefined ? undefined : presets.find(({ domains }) => domains.includes(domain))
}

export function toServers(request: ServersInput, address: string): MailServers {
  const of = ({ host, port, tls }: ServerInput) => ({ host: host.trim(), port: Number(port), tls })
  const ca = request.ca.trim()
  const userName = request.userName.trim() || address.trim()
  return { imap: of(request.imap), smtp: of(request.smtp), userName, ...(ca !== '' && { ca }) }
}

/** Names of the missing fields. */
export function missingIn({ imap, smtp, password }: ServersInput): string[] {
  return [
    ...Object.entries({ imap, smtp }).flatMap(([name, { host, port }]) => [
      ...(/^[\w.-]+$/.test(host.trim()) ? [] : [`${name}.host`]),
      ...(isPort(port) ? [] : [`${name}.port`]),
    ]),
    ...(password === '' ? ['password'] : []),
  ]
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= 65_535
}

/** Command for openssl that shows the certificate of a server, its authority and its fingerprint. */
export function certificateCommand({ host, port, tls }: ServerInput, direction: Direction): string {
  const starttls = tls === 'starttls' ? ` -starttls ${direction}` : ''
  const name = host.trim()
  return `openssl s_client -connect ${name}:${port.trim()} -servername ${name}${starttls} -showcerts </dev/null | openssl x509 -noout -subject -issuer -dates -fingerprint -sha256`
}
