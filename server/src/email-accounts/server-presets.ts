import type { ServerAddress } from '../kernel/server-address.ts'

/** Mail servers of a provider, offered as a preset in setup. */
export interface ServerPreset {
  id: string
  name: string
  /** Domains whose addresses are always hosted by this provider. */
  domains: readonly string[]
  imap: ServerAddress
  smtp: ServerAddress
  /** Kind of password that IMAP and SMTP require: an app password, or the password of the account. */
  password: 'app-password' | 'own'
}

const tls = (host: string, port: number): ServerAddress => ({ host, port, tls: 'implicit' })
const starttls = (host: string, port = 587): ServerAddress => ({ host, port, tls: 'starttls' })

/** Providers that publish their servers and use the whole address as the user name. */
export const SERVER_PRESETS: readonly ServerPreset[] = [
  {
    id: 'gmail',
    name: 'Gmail',
    domains: ['gmail.com', 'googlemail.com'],
    imap: tls('imap.gmail.com', 993),
    smtp: tls('smtp.gmail.com', 465),
    password: 'app-password',
  },
  {
    id: 'icloud',
    name: 'iCloud Mail',
    domains: ['icloud.com', 'me.com', 'mac.com'],
    imap: tls('imap.mail.me.com', 993),
    smtp: starttls('smtp.mail.me.com'),
    password: 'app-password',
  },
  {
    id: 'yahoo',
    name: 'Yahoo Mail',
    domains: ['yahoo.com'],
    imap: tls('imap.mail.yahoo.com', 993),
    smtp: tls('smtp.mail.yahoo.com', 465),
    password: 'app-password',
  },
  {
    id: 'fastmail',
    name: 'Fastmail',
    domains: ['fastmail.com', 'fastmail.fm'],
    imap: tls('imap.fastmail.com', 993),
    smtp: tls('smtp.fastmail.com', 465),
    password: 'app-password',
  },
  {
    id: 'gmx',
    name: 'GMX',
    domains: ['gmx.de', 'gmx.net', 'gmx.at', 'gmx.ch'],
    imap: tls('imap.gmx.net', 993),
    smtp: starttls('mail.gmx.net'),
    password: 'own',
  },
  {
    id: 'web-de',
    name: 'WEB.DE',
    domains: ['web.de'],
    imap: tls('imap.web.de', 993),
    smtp: starttls('smtp.web.de'),
    password: 'own',
  },
]
