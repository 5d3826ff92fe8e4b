/** Configuration of a private Cyrus IMAP 3.10: `imapd.conf` and `cyrus.conf`. */
import { join } from 'node:path'
import type { Certificate } from './certificate.ts'

export interface CyrusPlan {
  folder: string
  /** Folder of its programs: `usr/lib/cyrus/bin`. */
  programs: string
  ports: { imap: number; imaps: number; lmtp: number }
  /** User and group that the server runs as. */
  user: string
  group: string
  /** Names folders `INBOX.Sent` instead of `Sent`. */
  belowInbox: boolean
  certificate: Certificate | undefined
}

const FOLDERS = ['Sent', 'Drafts', 'Trash', 'Archive', 'Junk']

export function imapdConf(plan: CyrusPlan): string {
  const { folder, certificate, belowInbox } = plan
  const names = FOLDERS.join('|')
  return `
configdirectory: ${folder}/state
proc_path: ${folder}/proc
mboxname_lockpath: ${folder}/lock
partition-default: ${folder}/mail
defaultpartition: default
lmtpsocket: ${folder}/sockets/lmtp
idlesocket: ${folder}/sockets/idle
notifysocket: ${folder}/sockets/notify
cyrus_user: ${plan.user}
cyrus_group: ${plan.group}
altnamespace: ${belowInbox ? 'no' : 'yes'}
unixhierarchysep: ${belowInbox ? 'no' : 'yes'}
# The mailbox kim@shop.test is that of the login kim@shop.test.
virtdomains: userid
defaultdomain: cyrus.invalid
admins: admin
allowplaintext: yes
failedloginpause: 0
allowstarttls: yes
sasl_mech_list: PLAIN LOGIN
sasl_pwcheck_method: saslauthd
sasl_saslauthd_path: ${folder}/sockets/passwords
# A mailbox exists from its first login or message on. 0 means without a limit of its size.
autocreate_quota: 0
autocreate_post: yes
autocreate_inbox_folders: ${names}
autocreate_subscribe_folders: ${names}
${FOLDERS.map((name) => `xlist-${name.toLowerCase()}: ${name}`).join('\n')}
# A second delivery of the same Message-ID is a second message, as on other servers.
duplicatesuppression: no
${certificate ? `tls_server_cert: ${certificate.certificateFile}\ntls_server_key: ${certificate.keyFile}` : ''}
`
}

export function cyrusConf({ folder, programs, ports, certificate }: CyrusPlan): string {
  const command = (name: string, args = '') => `cmd="${join(programs, name)} -C ${folder}/imapd.conf${args}"`
  const service = (name: string, cmd: string, port: number) => `  ${name} ${cmd} listen="127.0.0.1:${port}" prefork=0`
  return `
START {
  recover ${command('ctl_cyrusdb', ' -r')}
}
SERVICES {
${service('imap', command('imapd'), ports.imap)}
${certificate ? service('imaps', command('imapd', ' -s'), ports.imaps) : ''}
${service('lmtp', command('lmtpd', ' -a'), ports.lmtp)}
}
DAEMON {
  idled ${command('idled')}
}
EVENTS {
}
`
}
