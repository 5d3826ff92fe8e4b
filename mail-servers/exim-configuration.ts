/** Configuration of a private Exim 4.98 for submission. */
import type { Certificate } from './certificate.ts'

export interface EximPlan {
  folder: string
  /** Path of the program; Exim executes it again for each delivery. */
  program: string
  /** User and group that the server runs as. */
  user: string
  group: string
  /** LMTP port of the IMAP server for `domains`, and port of the sink for all other domains. */
  lmtpPort: number
  relayPort: number
  domains: readonly string[]
  sizeLimitBytes: number
  certificate: Certificate | undefined
}

/**
 * Exim configuration. It looks up three files by their first word: `passwords` (address, base64 of the password),
 * `senders` (address, logins that may send as it) and `recipients` (address, response to RCPT TO).
 */
export function eximConfiguration(plan: EximPlan): string {
  const { folder, certificate } = plan
  const answerTo = `\${lookup{\${lc:$local_part@$domain}}lsearch{${folder}/recipients}}`
  return `
# Debian's Exim forgets the environment, and with it where its libraries are.
keep_environment = LD_LIBRARY_PATH
exim_path = ${plan.program}
spool_directory = ${folder}/spool
log_file_path = ${folder}/log/%slog
exim_user = ${plan.user}
exim_group = ${plan.group}
primary_hostname = mail.exim.test
local_interfaces = 127.0.0.1
host_lookup =
rfc1413_hosts =
message_size_limit = ${plan.sizeLimitBytes}
acl_smtp_mail = check_sender
acl_smtp_rcpt = check_recipient
acl_smtp_data = accept
${tls(certificate)}
begin acl
# A login that may not send as an address is refused in the words of Exim itself.
check_sender:
  deny
    !authenticated = *
    message = 530 5.7.0 Authentication required
  deny
    condition = \${if !inlisti{$authenticated_id}{<, \${lookup{\${lc:$sender_address}}lsearch{${folder}/senders}}}}
  accept
check_recipient:
  defer
    condition = \${if match{${answerTo}}{^4}}
    message = ${answerTo}
  deny
    condition = \${if match{${answerTo}}{^5}}
    message = ${answerTo}
  accept

begin routers
mailboxes:
  driver = manualroute
  domains = ${plan.domains.join(' : ')}
  route_list = * 127.0.0.1
  self = send
  transport = lmtp
  no_more
outside:
  driver = manualroute
  route_list = * 127.0.0.1
  self = send
  transport = relay

begin transports
lmtp:
  driver = smtp
  protocol = lmtp
  port = ${plan.lmtpPort}
relay:
  driver = smtp
  port = ${plan.relayPort}
  hosts_avoid_tls = *

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_set_id = \${lc:$auth2}
  server_condition = ${isRight(folder, '$auth2', '$auth3')}
${beforeTls(certificate)}
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_set_id = \${lc:$auth1}
  server_condition = ${isRight(folder, '$auth1', '$auth2')}
${beforeTls(certificate)}
`
}

function isRight(folder: string, user: string, password: string): string {
  const known = `\${lookup{\${lc:${user}}}lsearch{${folder}/passwords}{$value}fail}`
  return `\${if eq{\${base64:${password}}}{${known}}}`
}

function tls(certificate: Certificate | undefined): string {
  if (!certificate) return 'tls_advertise_hosts ='
  return `tls_advertise_hosts = *
tls_certificate = ${certificate.certificateFile}
tls_privatekey = ${certificate.keyFile}`
}

/** Requires TLS before AUTH when there is a certificate. */
function beforeTls(certificate: Certificate | undefined): string {
  return certificate ? '  server_advertise_condition = ${if def:tls_in_cipher}' : ''
}
