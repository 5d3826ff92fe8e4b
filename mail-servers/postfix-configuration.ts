/**
 * Configuration of a private Postfix: main.cf and master.cf of an instance that shares nothing with the machine's own.
 */
import type { Certificate } from './certificate.ts'

export interface PostfixPlan {
  folder: string
  port: number
  /** SASL port and LMTP port of Dovecot, and the port of the sink that receives outgoing mail. */
  authPort: number
  lmtpPort: number
  relayPort: number
  /** Domains delivered to Dovecot; all others are external. */
  domains: readonly string[]
  /** Map files (`texthash`): logins that may send as an address, and responses to RCPT TO. */
  sendersFile: string
  recipientsFile: string
  sizeLimitBytes: number
  certificate: Certificate | undefined
  extra: string
}

export function mainConfiguration(plan: PostfixPlan): string {
  return `
compatibility_level = 3.6
queue_directory = ${plan.folder}/queue
data_directory = ${plan.folder}/data
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = ${plan.folder}/postfix.log
maillog_file_prefixes = ${plan.folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.postfix.test
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
virtual_mailbox_domains = ${plan.domains.join(', ')}
virtual_transport = lmtp:inet:127.0.0.1:${plan.lmtpPort}
default_transport = smtp:[127.0.0.1]:${plan.relayPort}
smtp_dns_support_level = disabled
smtp_tls_security_level = none
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:${plan.authPort}
smtpd_sender_login_maps = texthash:${plan.sendersFile}
smtpd_sender_restrictions = reject_sender_login_mismatch
smtpd_recipient_restrictions = check_recipient_access texthash:${plan.recipientsFile}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_error_sleep_time = 0
# The default of 2,048 breaks tokens of the size that Entra ID hands out, with a misleading 535.
line_length_limit = 16384
message_size_limit = ${plan.sizeLimitBytes}
notify_classes =
${tls(plan.certificate)}
${plan.extra}
`
}

function tls(certificate: Certificate | undefined): string {
  if (!certificate) return 'smtpd_tls_security_level = none'
  return `smtpd_tls_security_level = may
smtpd_tls_cert_file = ${certificate.certificateFile}
smtpd_tls_key_file = ${certificate.keyFile}
smtpd_tls_auth_only = yes`
}

/** Services of Debian's master.cf that a submission server needs, all without chroot. */
export function masterConfiguration(port: number): string {
  return `
# service type private unpriv chroot wakeup maxproc command
127.0.0.1:${port} inet n - n - - smtpd
pickup     unix       n - n 60    1 pickup
cleanup    unix       n - n -     0 cleanup
qmgr       unix       n - n 300   1 qmgr
tlsmgr     unix       - - n 1000? 1 tlsmgr
rewrite    unix       - - n -     - trivial-rewrite
bounce     unix       - - n -     0 bounce
defer      unix       - - n -     0 bounce
trace      unix       - - n -     0 bounce
verify     unix       - - n -     1 verify
flush      unix       n - n 1000? 0 flush
proxymap   unix       - - n -     - proxymap
proxywrite unix       - - n -     1 proxymap
smtp       unix       - - n -     - smtp
lmtp       unix       - - n -     - lmtp
showq      unix       n - n -     - showq
error      unix       - - n -     - error
retry      unix       - - n -     - error
anvil      unix       - - n -     1 anvil
scache     unix       - - n -     1 scache
postlog    unix-dgram n - n -     1 postlogd
`
}
