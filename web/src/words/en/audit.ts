import type { AuditEntry } from '../../api/client.ts'

/** Display names used in audit sentences. */
interface AuditNames {
  who: string
  /** Time of the entry, in ISO 8601. */
  at: string
  /** Name of the changed object. */
  what: string
  /** Value of a field of the entry; undefined when absent. */
  detail: (field: string) => string | undefined
  /** Names in the list of the second field that aren't in that of the first; undefined without any. */
  added: (before: string, after: string) => string | undefined
}

const list = (names: string | undefined, otherwise: string) => (names === undefined || names === '' ? otherwise : names)

/** `1 message`, `2 messages`; unknown counts are a question mark. */
const counted = (count: string | undefined, noun: string) => `${count ?? '?'} ${noun}${count === '1' ? '' : 's'}`

function principalName(name: string | undefined): string {
  return name === 'application' ? 'the application' : (name ?? '?')
}

function principalReason(why: string | undefined): string {
  switch (why) {
    case 'backup-took-over':
      return ': the backup sign-in took over'
    case 'first-is-back':
      return ': the main user signed in again'
    case 'backup-made-principal':
      return ': the backup became the main sign-in'
    default:
      return ''
  }
}

/** ` from Firefox, Windows (203.0.113.7)` */
function place(device: string | undefined, address: string | undefined): string {
  if (address === undefined) return ''
  return device === undefined || device === '' ? ` from ${address}` : ` from ${device} (${address})`
}

function signInMethod(method: string | undefined): string {
  switch (method) {
    case 'passkey':
      return 'passkey'
    case 'openid':
      return 'single sign-on'
    case 'link':
      return 'link'
    default:
      return 'password'
  }
}

function keyRefusal(reason: string | undefined): string {
  if (reason === 'revoked') return 'it is revoked'
  return reason === 'expired' ? 'it has expired' : 'the network isn’t allowed'
}

const FACTOR_STATES = new Map([
  ['no-one', 'optional for everyone'],
  ['admins', 'required only of admins'],
  ['everyone', 'required of everyone'],
])

/** `required of everyone from 2026-05-04, and of admins from 2026-05-01` */
function factorState(detail: AuditNames['detail'], side: 'from' | 'to'): string {
  const [from, admins] = [detail(`${side}.secondFactorFrom`), detail(`${side}.adminsSecondFactorFrom`)].map(dayOf)
  return [
    FACTOR_STATES.get(detail(`${side}.secondFactorFor`) ?? '') ?? '?',
    ...(from === undefined ? [] : [` from ${from}`]),
    ...(admins === undefined ? [] : [`, and of admins from ${admins}`]),
  ].join('')
}

/** `, suspended until 2026-05-04 for people who aren’t admins` */
function factorSuspension({ detail, at }: AuditNames): string {
  const [old, now] = [detail('from.secondFactorFrom'), detail('to.secondFactorFrom')]
  const isOfEveryone = detail('from.secondFactorFor') === 'everyone' && detail('to.secondFactorFor') === 'everyone'
  if (!isOfEveryone || old === undefined || now === undefined || old > at || now <= at) return ''
  return `, suspended until ${dayOf(now) ?? '?'} for people who aren’t admins`
}

function factorChange(names: AuditNames): string {
  const [before, after] = [factorState(names.detail, 'from'), factorState(names.detail, 'to')]
  return `changed the second factor from “${before}” to “${after}”${factorSuspension(names)}`
}

/** `accepted only Microsoft and OpenID, and added the break-glass admin Olga` */
function policyChanges(names: AuditNames): string {
  const { detail, added } = names
  const isChanged = (field: string) => detail(`from.${field}`) !== detail(`to.${field}`)
  const isFactorChanged = ['secondFactorFor', 'secondFactorFrom', 'adminsSecondFactorFrom'].some(isChanged)
  const [gained, lost] = [added('from.breakGlass', 'to.breakGlass'), added('to.breakGlass', 'from.breakGlass')]
  const parts = [
    ...(isChanged('onlyByProvider')
      ? [
          detail('to.onlyByProvider') === 'true'
            ? 'accepted sign-ins only by Microsoft and OpenID'
            : 'accepted passwords and passkeys again',
        ]
      : []),
    ...(isFactorChanged ? [factorChange(names)] : []),
    ...(gained === undefined ? [] : [`added ${gained} as break-glass admin`]),
    ...(lost === undefined ? [] : [`removed ${lost} as break-glass admin`]),
  ]
  return parts.length === 0 ? 'saved the sign-in policy without a change' : new Intl.ListFormat('en').format(parts)
}

/** `2026-05-04` */
const dayOf = (time: string | undefined) => time?.slice(0, 10)

/** `: address https://hooks.example, events message.*` */
function webhookSettings(detail: AuditNames['detail']): string {
  const settings = [
    ['address', detail('origin')],
    ['events', detail('kinds')],
    ['mailboxes', detail('emailAccountIds')],
    ['with messages', detail('includesMessage')],
    ['requests at a time', detail('concurrency')],
    ['state', detail('state')],
    ['backlog', detail('backlog')],
  ].flatMap(([name, value]) =>
    value === undefined ? [] : `${name} ${value === 'false' ? 'no' : value === 'true' ? 'yes' : value}`,
  )
  return settings.length === 0 ? '' : `: ${settings.join(', ')}`
}

function webhookEnd(reason: string | undefined): string {
  switch (reason) {
    case 'webhooks.endpoint_gone':
      return 'the receiver wants no more deliveries'
    case 'webhooks.key_ended':
      return 'its API key has ended'
    case 'webhooks.owner_ended':
      return 'its owner is no longer an admin'
    default:
      return 'nothing was delivered for three days'
  }
}

function endReason(reason: string | undefined, who: string): string {
  switch (reason) {
    case 'too-many':
      return 'there were too many'
    case 'password-changed':
      return 'the password was changed'
    case 'password-reset':
      return 'a new password was set with a link'
    case 'reset-link':
      return `${who} created a password reset link`
    case 'factor-removed':
      return `${who} removed a factor`
    case 'role-changed':
      return `${who} changed the role`
    case 'claim-lost':
      return 'the sign-in provider no longer admits the person'
    case 'identity-removed':
      return `${who} removed a linked sign-in`
    case 'provider-disabled':
      return `${who} disabled the sign-in provider`
    case 'provider-removed':
      return `${who} removed the sign-in provider`
    case 'policy-changed':
      return `${who} changed the sign-in policy`
    case 'removed':
      return `${who} removed the person`
    default:
      return `by ${who}`
  }
}

export const audit = {
  title: 'Audit',
  list: 'Audit entries, newest first',
  empty: { title: 'No entries yet', sentence: 'Changes by admins and API keys are recorded here.' },
  filters: 'Filters',
  search: 'Search',
  searchHint: 'Name, address or detail',
  person: 'By',
  anyPerson: 'Anyone',
  action: 'Action',
  anyAction: 'All actions',
  from: 'From',
  to: 'To',
  clear: 'Clear filters',
  noMatch: { title: 'No results', sentence: 'No entry matches these filters.' },
  noneYet: 'No match among the newest entries.',
  searchOlder: 'Search older entries',
  export: 'Export',
  exportMatching: 'Entries that match the filters',
  exportAll: 'All entries',
  asCsv: 'As CSV, for a spreadsheet',
  asJson: 'As JSON, for a program',
  loadMore: 'Load older entries',
  all: 'End of list',
  details: 'Details',
  actors: {
    postkey: 'Postkey',
    apiKey: (name: string | undefined) => (name === undefined ? 'An API key' : `The API key ${name}`),
    link: 'A user with a link',
    cli: 'A command-line user',
    gone: 'A former team member',
    anonymous: 'Someone who isn’t signed in',
  },
  things: {
    person: 'a former team member',
    emailAccount: 'a removed mailbox',
    cloudProvider: 'a removed Cloud Provider',
    apiKey: 'an API key',
    other: 'an unknown object',
  },
  /** Things in the names of actions; others are written like their code. */
  actionThings: {
    api_key: 'API key',
    audit: 'Audit list',
    cloud_provider: 'Cloud Provider',
    email_account: 'Mailbox',
    account_action: 'Mailbox action',
    support_bundle: 'Support bundle',
    grant: 'Sign-in at Microsoft',
    submission: 'Held message',
  } as Readonly<Record<string, string>>,
  /** Fallback for actions unknown to this version of the web UI. */
  unknown: (who: string, action: string, what: string) => `${who}: ${action}, ${what}`,

  /** Sentences by action. A test checks that no action of the server is missing. */
  sentences: {
    'person.first_admin_joined': ({ what }) => `${what} became the first admin`,
    'person.invited': ({ who, detail }) => `${who} invited ${detail('email') ?? '?'} as ${detail('role') ?? '?'}`,
    'person.joined': ({ what }) => `${what} accepted the invitation`,
    'person.link_revoked': ({ who, detail }) => `${who} revoked the invitation of ${detail('email') ?? '?'}`,
    'person.reset_link_created': ({ who, what }) => `${who} created a password reset link for ${what}`,
    'person.password_reset': ({ what, detail }) =>
      `${what} chose a new password with a reset link${place(detail('device'), detail('address'))}`,
    'person.password_changed': ({ who, detail }) =>
      `${who} changed their password${place(detail('device'), detail('address'))}`,
    'sign_in_policy.changed': (names) => `${names.who} ${policyChanges(names)}`,
    'break_glass.used': ({ who, detail }) =>
      `${who} signed in as a break-glass admin${place(detail('device'), detail('address'))}`,
    'break_glass.ended': ({ who, what }) => `${who} ended the break-glass access of ${what}`,
    'session.started': ({ who, detail }) =>
      `${who} signed in by ${signInMethod(detail('method'))}${place(detail('device'), detail('address'))}${
        detail('isNewDevice') === 'true' ? ', a new device' : ''
      }`,
    'session.confirmed': ({ who, detail }) =>
      `${who} confirmed their identity by ${signInMethod(detail('method'))}${place(detail('device'), detail('address'))}`,
    'session.ended': ({ who, what, detail }) =>
      detail('reason') === 'signed-out'
        ? `${who} signed out${place(detail('device'), detail('address'))}`
        : `${counted(detail('sessions'), 'session')} of ${what} ended: ${endReason(detail('reason'), who)}`,
    'sign_in.failed': ({ detail }) =>
      `Wrong ${detail('use') === 'second-step' ? 'code' : 'password'} for ${detail('email') ?? 'an unknown address'}${place(detail('device'), detail('network'))}${
        detail('isLast') === 'true' ? '; more within the hour aren’t listed' : ''
      }`,
    'sign_in.locked': ({ detail }) =>
      `Too many wrong passwords for ${detail('email') ?? 'an unknown address'}${place(detail('device'), detail('network'))}: further attempts are refused for up to an hour`,
    'person.role_changed': ({ who, what, detail }) =>
      `${who} changed the role of ${what} from ${detail('from') ?? '?'} to ${detail('to') ?? '?'}`,
    'person.memberships_changed': ({ who, what, detail }) =>
      `${who} changed the mailboxes of ${what} to ${list(detail('to'), 'none')}`,
    'factor.added': ({ who, detail }) =>
      detail('kind') === 'passkey'
        ? `${who} added the passkey ${detail('name') ?? '?'}`
        : `${who} added an authenticator app`,
    'factor.removed': ({ who, detail }) =>
      detail('kind') === 'passkey'
        ? `${who} removed the passkey ${detail('name') ?? '?'}`
        : `${who} removed their authenticator app`,
    'factor.reset': ({ who, what }) => `${who} reset the passkeys and two-step sign-in of ${what}`,
    'recovery_code.created': ({ who }) => `${who} created new recovery codes`,
    'recovery_code.used': ({ who, detail }) => `${who} used a recovery code; ${detail('left') ?? '?'} left`,
    'person.removed': ({ who, detail, what }) => `${who} removed ${detail('email') ?? what} from the team`,
    'person.admitted': ({ who, detail, what }) => `${who} admitted ${detail('email') ?? what} to the team`,
    'identity_provider.created': ({ who, detail, what }) =>
      `${who} added the sign-in provider ${detail('name') ?? what}`,
    'identity_provider.changed': ({ who, detail, what }) =>
      `${who} changed the sign-in provider ${detail('name') ?? what}`,
    'identity_provider.enabled': ({ who, detail, what }) =>
      `${who} enabled the sign-in provider ${detail('name') ?? what}`,
    'identity_provider.disabled': ({ who, detail, what }) =>
      `${who} disabled the sign-in provider ${detail('name') ?? what}`,
    'identity_provider.removed': ({ who, detail, what }) =>
      `${who} removed the sign-in provider ${detail('name') ?? what}`,
    'identity.linked': ({ who, detail, what }) =>
      `${who} linked the account ${detail('userName') ?? '?'} at ${detail('provider') ?? '?'} to ${what}`,
    'identity.unlinked': ({ who, detail, what }) =>
      `${who} removed the link of ${what} to ${detail('userName') ?? '?'}`,
    'admission_request.refused': ({ who, detail, what }) => `${who} refused the request of ${detail('email') ?? what}`,
    'api_key.created': ({ who, detail, what }) => `${who} created the API key ${detail('name') ?? what}`,
    'api_key.revoked': ({ who, what, detail }) => `${who} revoked the API key ${what} (${detail('prefix') ?? '?'}…)`,
    'api_key.new_network_used': ({ what, detail }) =>
      `The API key ${detail('name') ?? what} was used from ${detail('network') ?? '?'}${
        detail('isFirst') === 'true' ? ', its first network' : ', a new network'
      }`,
    'api_key.refused': ({ what, detail }) =>
      `A use of the API key ${detail('name') ?? what} from ${detail('network') ?? '?'} was refused: ${keyRefusal(detail('reason'))}`,

    'work_order.created': ({ who }) => `${who} created a work order link`,
    'work_order.revoked': ({ who }) => `${who} revoked a work order link`,
    'cloud_provider.created': ({ who, what, detail }) => `${who} added the Cloud Provider ${detail('name') ?? what}`,
    'cloud_provider.changed': ({ who, what }) => `${who} changed the Cloud Provider ${what}`,
    'cloud_provider.removed': ({ who, what, detail }) => `${who} removed the Cloud Provider ${detail('name') ?? what}`,
    'cloud_provider.credential_added': ({ who, what }) => `${who} added a credential to the Cloud Provider ${what}`,
    'cloud_provider.credential_expiry_changed': ({ who, what, detail }) =>
      detail('expiresAt') === undefined
        ? `${who} removed the expiry date of a credential of the Cloud Provider ${what}`
        : `${who} entered the expiry date of a credential of the Cloud Provider ${what}`,
    'cloud_provider.credential_removed': ({ who, what }) => `${who} removed a credential of the Cloud Provider ${what}`,
    'cloud_provider.device_code_allowed': ({ who, what }) => `${who} allowed sign-in with a code for ${what}`,
    'cloud_provider.device_code_forbidden': ({ who, what }) => `${who} disallowed sign-in with a code for ${what}`,
    'device_sign_in.started': ({ who, detail }) =>
      `${who} requested a sign-in code for ${detail('requestedAddress') ?? '?'}`,
    'cloud_provider.consented': ({ who, what, detail }) =>
      `${who} verified consent for ${detail('provenBy') ?? '?'} with the Cloud Provider ${what}`,
    'cloud_provider.consent_reported': ({ who, what }) =>
      `${who} reported admin consent for the Cloud Provider ${what}; not verified`,
    'grant.added': ({ who, detail }) => `${who} added the sign-in of ${detail('userName') ?? '?'}`,
    'grant.renewed': ({ who, detail }) => `${who} renewed the sign-in of ${detail('userName') ?? '?'}`,
    'grant.disconnected': ({ who, detail }) => `${who} disconnected the sign-in of ${detail('userName') ?? '?'}`,
    'principal_request.created': ({ who, what, detail }) =>
      `${who} requested a change: ${detail('signedIn') ?? 'another user'} opens ${what}`,
    'principal_request.dismissed': ({ who, what, detail }) =>
      `${who} rejected the sign-in of ${detail('signedIn') ?? 'another user'} for ${what}`,
    'email_account.principal_changed': ({ who, what, detail }) =>
      `${who} changed who opens ${what} from ${principalName(detail('from'))} to ${principalName(detail('to'))}${principalReason(detail('why'))}`,
    'email_account.backup_sign_in_changed': ({ who, what, detail }) =>
      detail('to') === undefined
        ? `${who} removed the backup sign-in of ${detail('from') ?? '?'} for ${what}`
        : `${who} set ${detail('to')!} as backup sign-in for ${what}`,
    'sign_in_link.created': ({ who, detail }) =>
      `${who} created a ${detail('kind') === 'admin-consent' ? 'consent' : 'sign-in'} link${
        detail('requestedAddress') === undefined ? '' : ` for ${detail('requestedAddress')!}`
      }`,
    'sign_in_link.revoked': ({ who }) => `${who} revoked a sign-in link`,
    'sign_in_link.used': ({ detail }) => `${detail('usedBy') ?? '?'} used a sign-in link`,
    'connect_session.created': ({ who, detail }) =>
      `${who} created a connect session${
        detail('requestedAddress') === undefined ? '' : ` for ${detail('requestedAddress')!}`
      } in the name of ${detail('displayName') ?? '?'}`,
    'connect_session.canceled': ({ who }) => `${who} canceled a connect session`,
    'connect_session.completed': ({ detail }) =>
      `${detail('userName') ?? '?'} connected ${detail('emailAccountId') ?? 'a mailbox'} by a connect session`,
    'account_batch.created': ({ who, detail }) => `${who} began to connect ${detail('rows') ?? '?'} mailboxes`,
    'account_batch.completed': ({ detail }) =>
      `A batch of mailboxes is over: ${detail('connected') ?? '?'} connected, ${detail('failed') ?? '?'} failed`,
    'account_batch.canceled': ({ who, detail }) => `${who} canceled ${detail('rows') ?? '?'} mailboxes of a batch`,
    'account_batch.retried': ({ who, detail }) => `${who} tried ${detail('rows') ?? '?'} mailboxes of a batch again`,
    'return_url.added': ({ who, detail }) => `${who} allowed the return URL ${detail('url') ?? '?'}`,
    'return_url.secret_rotated': ({ who, detail }) =>
      `${who} created a new secret for the return URL ${detail('url') ?? '?'}`,
    'return_url.removed': ({ who, detail }) => `${who} removed the return URL ${detail('url') ?? '?'}`,

    'message.source_downloaded': ({ who, detail }) =>
      `${who} downloaded an original message of ${detail('emailAccountId') ?? 'a mailbox'}`,
    'message.attachments_downloaded': ({ who, detail }) =>
      `${who} downloaded ${counted(detail('files'), 'attachment')} of a message of ${detail('emailAccountId') ?? 'a mailbox'}`,
    'conversation.exported': ({ who, detail }) =>
      `${who} exported a conversation of ${detail('emailAccountId') ?? 'a mailbox'} with ${counted(detail('messages'), 'message')}`,
    'backup.created': ({ who, detail }) => `${who} made a backup: ${detail('path') ?? '?'}`,
    'support_bundle.created': ({ who, detail }) => `${who} made a support bundle: ${detail('path') ?? '?'}`,
    'audit.exported': ({ who, detail }) =>
      `${who} exported ${detail('count') === '1' ? '1 entry' : `${detail('count') ?? '?'} entries`} of the audit list as ${detail('format') === 'csv' ? 'CSV' : 'JSON'}`,

    'alert_relay.changed': ({ who }) => `${who} changed the mail relay for alerts`,
    'alert_relay.removed': ({ who }) => `${who} removed the mail relay for alerts`,
    'alert_relay.tested': ({ who, detail }) =>
      `${who} sent a test email through the mail relay to ${detail('to') ?? '?'}`,
    'alert_relay.confirmed': ({ who }) => `${who} confirmed the test email of the mail relay`,
    'alert_webhook.added': ({ who, what, detail }) =>
      `${who} added the alert webhook ${detail('name') ?? what} at ${detail('origin') ?? '?'}`,
    'alert_webhook.changed': ({ who, what, detail }) =>
      `${who} changed the alert webhook ${detail('name') ?? what}${webhookSettings(detail)}`,
    'alert_webhook.removed': ({ who, what, detail }) => `${who} removed the alert webhook ${detail('name') ?? what}`,
    'alert_webhook.disabled': ({ who, what, detail }) =>
      `${who} disabled the alert webhook ${detail('name') ?? what}: ${webhookEnd(detail('reason'))}`,
    'webhook.added': ({ who, what, detail }) =>
      `${who} added the webhook ${detail('name') ?? what}${webhookSettings(detail)}`,
    'webhook.changed': ({ who, what, detail }) =>
      `${who} changed the webhook ${detail('name') ?? what}${webhookSettings(detail)}`,
    'webhook.removed': ({ who, what, detail }) => `${who} removed the webhook ${detail('name') ?? what}`,
    'webhook.disabled': ({ who, what, detail }) =>
      `${who} disabled the webhook ${detail('name') ?? what}: ${webhookEnd(detail('reason'))}`,
    'webhook.secret_rotated': ({ who, what, detail }) =>
      `${who} created a new secret for the webhook ${detail('name') ?? what}`,
    'webhook.replayed': ({ who, what, detail }) =>
      `${who} replayed events (${detail('events') ?? '?'}) to the webhook ${what}`,
    'encryption_key.rotated': ({ who, detail }) =>
      `${who} re-encrypted ${counted(detail('resealed'), 'secret')} with a new key`,

    'tag.created': ({ who, detail }) => `${who} created the tag ${detail('name') ?? '?'}`,
    'tag.changed': ({ who, detail }) =>
      detail('from') === detail('to')
        ? `${who} gave the tag ${detail('to') ?? '?'} another color`
        : `${who} renamed the tag ${detail('from') ?? '?'} to ${detail('to') ?? '?'}`,
    'tag.deleted': ({ who, detail }) => `${who} deleted the tag ${detail('name') ?? '?'}`,
    'tag.restored': ({ who, detail }) => `${who} restored the tag ${detail('name') ?? '?'}`,
    'account_action.requested': ({ who, what, detail }) =>
      `${who} ${effectAtServer(detail('effect'))} ${counted(detail('messages'), 'message')} of ${counted(
        detail('conversations'),
        'conversation',
      )} in ${what}`,
    'conversation.moved': ({ who }) => `${who} moved a conversation to another mailbox`,
    'conversation.merged': ({ who }) => `${who} merged a conversation into another one`,
    'conversation.legal_hold_placed': ({ who, detail }) =>
      detail('from') === undefined
        ? `${who} put a conversation on legal hold: ${detail('reason') ?? '?'}`
        : `${who} changed the reason of a legal hold: ${detail('reason') ?? '?'}`,
    'conversation.legal_hold_removed': ({ who, detail }) =>
      `${who} removed a legal hold (its reason: ${detail('reason') ?? '?'})`,
    'conversation.split': ({ who }) => `${who} split a conversation`,

    'email_account.associated': ({ who, what, detail }) => `${who} connected ${what} (${detail('key') ?? '?'})`,
    'email_account.members_added': ({ who, what, detail }) =>
      `${who} gave ${list(detail('memberIds'), 'no one')} access to ${what}`,
    'email_account.changed': ({ who, what, detail }) => `${who} changed ${what}: ${list(detail('changed'), 'nothing')}`,
    'email_account.retention_changed': ({ who, what }) => `${who} changed the retention of ${what}`,
    'email_account.mail_deleted': ({ what, detail }) =>
      `Postkey deleted old mail of ${what} by its retention: ${counted(detail('messages'), 'message')}, ${counted(detail('sources'), 'original')}`,
    'erasure.started': ({ who }) => `${who} started the erasure of a person`,
    'erasure.completed': ({ detail }) =>
      `Postkey erased a person: ${counted(detail('messages'), 'message')}, ${counted(detail('conversations'), 'conversation')}`,
    'retention.changed': ({ who }) => `${who} changed the retention of the installation`,
    'retention.applied': ({ detail }) =>
      `Postkey deleted old data by its retention: ${detail('auditEntries') ?? '0'} audit entries, ${counted(detail('signIns'), 'ended sign-in')}`,
    'email_account.test_sent': ({ who, what, detail }) =>
      `${who} sent a test email from ${what}: ${detail('refusal') === undefined ? 'sent' : 'refused'}`,
    'email_account.conversations_closed': ({ who, what, detail }) =>
      `${who} closed ${detail('isAtLeast') === 'true' ? 'at least ' : ''}${counted(detail('count'), 'old conversation')} of ${what}`,
    'email_account.conversations_reopened': ({ who, what }) =>
      `${who} opened the closed old conversations of ${what} again`,
    'email_account.send_protocol_changed': ({ what }) =>
      `Postkey switched ${what} to sending with Graph, because SMTP is turned off for it`,
    'email_account.servers_changed': ({ who, what, detail }) =>
      `${who} changed the ${detail('servers') === 'true' ? 'mail servers and the password' : 'password'} of ${what}`,
    'email_account.paused': ({ who, what }) => `${who} paused ${what}`,
    'email_account.resumed': ({ who, what }) => `${who} resumed ${what}`,
    'email_account.disconnected': ({ who, what }) => `${who} disconnected ${what}`,
    'submission.released': ({ who, detail }) =>
      `${who} released a held message: ${detail('subject') ?? '(no subject)'}`,
    'submission.discarded': ({ who, detail }) =>
      `${who} discarded a held message: ${detail('subject') ?? '(no subject)'}`,
    'email_account.removed': ({ who, what, detail }) => `${who} removed ${detail('address') ?? what} and its mail`,
  } satisfies Record<AuditEntry['action'], (names: AuditNames) => string> as Readonly<
    Record<AuditEntry['action'], (names: AuditNames) => string>
  >,
}

function effectAtServer(effect: string | undefined): string {
  if (effect === 'mark-read') return 'marked as read'
  if (effect === 'mark-unread') return 'marked as unread'
  return 'moved'
}
