import type { ServerAddress } from '../kernel/server-address.ts'

/** The servers of a provider, so that nobody has to look them up. */
export interface ServerPreset {
  id: string
  name: string
  /** Domains whose addresses are there for certain. */
  domains: readonly string[]
  imap: ServerAddress
  smtp: ServerAddress
  /** What the password has to be, where it is not the one of the web page. */
  password: 'app-password' | 'own'
}

const tls = (host: string, port: number): ServerAddress => ({ host, port, tls: 'implicit' })
const starttls = (host: string, port = 587): ServerAddress => ({ host, port, tls: 'starttls' })

/** Those that publish them, and where the user name is the whole address. */
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
