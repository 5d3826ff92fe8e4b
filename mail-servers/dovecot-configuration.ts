/**
 * Configuration of a private Dovecot 2.4. Its syntax changed with 2.4 and is stricter than most examples on the web.
 */
import type { Certificate } from './certificate.ts'

export interface DovecotPlan {
  folder: string
  ports: { imap: number; imaps: number; lmtp: number; auth: number }
  /** Token introspection endpoint; XOAUTH2 is disabled without it. */
  introspectionUrl: string | undefined
  openidConfigurationUrl: string | undefined
  /** A passwd-file; PLAIN and LOGIN are disabled without it. */
  passwordFile: string | undefined
  certificate: Certificate | undefined
  /** System users when the test runs as root, otherwise the user of the test. */
  identity: { internal: string; internalGroup: string; login: string; mail: string; mailGroup: string; isRoot: boolean }
  extra: string
}

export function dovecotConfiguration(plan: DovecotPlan): string {
  const { folder, ports, identity } = plan
  const mechanisms = [plan.introspectionUrl && 'xoauth2', plan.passwordFile && 'plain login'].filter(Boolean)
  const unrooted = identity.isRoot ? '' : 'service anvil {\n  chroot =\n}\n'
  return `
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/dovecot.log
listen = 127.0.0.1
protocols {
  imap = yes
  lmtp = yes
}
default_internal_user = ${identity.internal}
default_internal_group = ${identity.internalGroup}
default_login_user = ${identity.login}
mail_uid = ${identity.mail}
first_valid_uid = 1
mail_gid = ${identity.mailGroup}
mail_home = ${folder}/mail/%{user | lower}
mail_driver = sdbox
mail_path = ~/sdbox
lmtp_save_to_detail_mailbox = no
# A login from loopback is trusted: otherwise failures make the next one wait 2, 4, 8 … 17 s.
login_trusted_networks = 127.0.0.0/8
auth_failure_delay = 0
# Of 200 mailboxes in IDLE some get no inotify (128 a user, usually): they are looked at so often, not every half minute.
mailbox_idle_check_interval = 2 s
auth_verbose = yes
# A block with "= yes" would keep PLAIN, which dies without a passdb.
auth_mechanisms = ${mechanisms.join(' ')}
auth_allow_cleartext = yes
${tls(plan.certificate)}
namespace inbox {
  inbox = yes
  separator = /
${specialFolders()}}
service imap-login {
  ${identity.isRoot ? '' : 'chroot ='}
  inet_listener imap {
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = ${plan.certificate ? ports.imaps : 0}
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    port = ${ports.lmtp}
  }
}
# Postfix asks here whether a login is good.
service auth {
  inet_listener postfix {
    port = ${ports.auth}
  }
}
${unrooted}userdb static {
  # Otherwise LMTP answers 451 "passdb doesn't support lookups".
  userdb_static_allow_all_users = yes
}
${plan.introspectionUrl ? introspection(plan.introspectionUrl, plan.openidConfigurationUrl) : ''}
${plan.passwordFile ? passwords(plan.passwordFile) : ''}
${plan.extra}
`
}

function tls(certificate: Certificate | undefined): string {
  if (!certificate) return 'ssl = no'
  return `ssl = yes
ssl_server_cert_file = ${certificate.certificateFile}
ssl_server_key_file = ${certificate.keyFile}`
}

/** Folders with their special use (RFC 6154). They exist from the start, as in a real mailbox. */
function specialFolders(): string {
  const folders = { Drafts: 'Drafts', Sent: 'Sent', Junk: 'Junk', Trash: 'Trash', Archive: 'Archive' }
  return Object.entries(folders)
    .map(([name, use]) => `  mailbox ${name} {\n    auto = subscribe\n    special_use = \\${use}\n  }\n`)
    .join('')
}

/**
 * Introspection settings. One token may open several mailboxes, as in Exchange, where `user=` names the shared mailbox.
 * Dovecot would compare the token's user with `user=`, so both are set to a constant. The requested address must match
 * the pattern that the endpoint returns (`mailboxes`); otherwise no network is allowed to log in.
 *
 * The endpoint checks audience and permission, by X-Dovecot-Auth-Protocol: Dovecot's own checks changed within Debian
 * 13.
 */
function introspection(url: string, openidConfigurationUrl: string | undefined): string {
  const holderAtTheDoor = ['imap', 'smtp'].map(
    (protocol) => `protocol ${protocol} {\n  auth_username_format = token-holder\n}\n`,
  )
  return `${holderAtTheDoor.join('')}oauth2 {
  introspection_mode = post
  introspection_url = ${url}
  username_attribute = holder
  active_attribute = active
  active_value = true
  send_auth_headers = yes
  ${openidConfigurationUrl ? `openid_configuration_url = ${openidConfigurationUrl}` : ''}
  fields {
    user = %{original_user | lower}
    allow_nets = %{original_user | lower | if("~", oauth2:mailboxes, "0.0.0.0/0,::/0", "255.255.255.255/32")}
  }
}`
}

function passwords(file: string): string {
  return `passdb passwd-file {
  # Otherwise a token that is refused below (allow_nets) would be asked about here, and what was refused forgotten.
  mechanisms_filter = plain login
  passwd_file_path = ${file}
  auth_username_format = %{original_user | lower}
  fields {
    user = %{original_user | lower}
  }
}`
}
