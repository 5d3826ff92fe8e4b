/** What a sentence may name. Each is a name that people know; what cannot be named is called what it is. */
export interface AuditNames {
  who: string
  /** The thing it was done to. */
  what: string
  /** A value out of the entry, or undefined when it has none. */
  detail: (field: string) => string | undefined
}

const list = (names: string | undefined, otherwise: string) => (names === undefined || names === '' ? otherwise : names)

function opener(name: string | undefined): string {
  return name === 'application' ? 'the application' : (name ?? '?')
}

function principalReason(why: string | undefined): string {
  switch (why) {
    case 'stand-by-took-over':
      return ': the stand-by took over'
    case 'first-is-back':
      return ': the first signed in again'
    case 'stand-by-made-first':
      return ': the stand-by was made the first'
    default:
      return ''
  }
}

export const audit = {
  title: 'Audit',
  list: 'What was done, newest first',
  empty: { title: 'Nothing was done yet', sentence: 'What admins and API keys change is written down here.' },
  filter: 'Filter what is loaded',
  noMatch: 'Nothing that is loaded has these words.',
  loadMore: 'Load older entries',
  all: 'This is the beginning.',
  details: 'Details',
  actors: {
    postkey: 'Postkey',
    apiKey: (name: string | undefined) => (name === undefined ? 'An API key' : `The API key ${name}`),
    link: 'Somebody with a link',
    cli: 'Somebody at the command line',
    gone: 'Somebody who left',
  },
  things: {
    person: 'somebody who left',
    emailAccount: 'a mailbox that is gone',
    cloudProvider: 'a Cloud Provider that is gone',
    apiKey: 'an API key',
    other: 'something',
  },
  /** An action that this web UI does not know yet. */
  unknown: (who: string, action: string, what: string) => `${who}: ${action}, ${what}`,

  /** By action. A test holds that none of the server's is missing. */
  sentences: {
    'person.became_first_admin': ({ what }) => `${what} became the first admin`,
    'person.invited': ({ who, detail }) => `${who} invited ${detail('email') ?? '?'} as ${detail('role') ?? '?'}`,
    'person.joined': ({ what }) => `${what} joined by invitation`,
    'person.link_revoked': ({ who, detail }) => `${who} took back the invitation of ${detail('email') ?? '?'}`,
    'person.reset_link_made': ({ who, what }) => `${who} made a link for a new password of ${what}`,
    'person.chose_password': ({ what }) => `${what} chose a new password by a link`,
    'person.role_changed': ({ who, what, detail }) =>
      `${who} changed the role of ${what} from ${detail('from') ?? '?'} to ${detail('to') ?? '?'}`,
    'person.memberships_changed': ({ who, what, detail }) =>
      `${who} changed the mailboxes of ${what} to ${list(detail('to'), 'none')}`,
    'person.removed': ({ who, detail, what }) => `${who} removed ${detail('email') ?? what} from the team`,
    'api_key.created': ({ who, detail, what }) => `${who} made the API key ${detail('name') ?? what}`,
    'api_key.revoked': ({ who, what, detail }) => `${who} revoked the API key ${what} (${detail('prefix') ?? '?'}…)`,

    'work_order.created': ({ who }) => `${who} made a work-order link`,
    'work_order.revoked': ({ who }) => `${who} took back a work-order link`,
    'cloud_provider.created': ({ who, what, detail }) => `${who} added the Cloud Provider ${detail('name') ?? what}`,
    'cloud_provider.changed': ({ who, what }) => `${who} changed the Cloud Provider ${what}`,
    'cloud_provider.removed': ({ who, what, detail }) => `${who} removed the Cloud Provider ${detail('name') ?? what}`,
    'cloud_provider.credential_added': ({ who, what }) => `${who} added a credential to the Cloud Provider ${what}`,
    'cloud_provider.credential_end_changed': ({ who, what, detail }) =>
      detail('endsAt') === undefined
        ? `${who} took away the end date of a credential of the Cloud Provider ${what}`
        : `${who} entered the end date of a credential of the Cloud Provider ${what}`,
    'cloud_provider.credential_removed': ({ who, what }) => `${who} removed a credential of the Cloud Provider ${what}`,
    'cloud_provider.device_code_allowed': ({ who, what }) => `${who} allowed signing in by a code for ${what}`,
    'cloud_provider.device_code_forbidden': ({ who, what }) =>
      `${who} no longer allows signing in by a code for ${what}`,
    'grant.device_code_begun': ({ who, detail }) =>
      `${who} asked for a code to sign in for ${detail('wantedAddress') ?? '?'}`,
    'cloud_provider.consented': ({ who, what, detail }) =>
      `${who} verified consent for ${detail('provenBy') ?? '?'} with the Cloud Provider ${what}`,
    'cloud_provider.consent_reported': ({ who, what }) =>
      `${who} reported admin consent for the Cloud Provider ${what}; not verified`,
    'grant.added': ({ who, detail }) => `${who} brought the sign-in of ${detail('userName') ?? '?'}`,
    'grant.renewed': ({ who, detail }) => `${who} renewed the sign-in of ${detail('userName') ?? '?'}`,
    'grant.disconnected': ({ who, detail }) => `${who} disconnected the sign-in of ${detail('userName') ?? '?'}`,
    'principal_wish.made': ({ who, what, detail }) =>
      `${who} brought ${detail('signedIn') ?? 'somebody else'}, who would open ${what}`,
    'principal_wish.dismissed': ({ who, what, detail }) =>
      `${who} did not let ${detail('signedIn') ?? 'somebody else'} open ${what}`,
    'email_accounts.principal_changed': ({ who, what, detail }) =>
      `${who} let ${opener(detail('to'))} open ${what} instead of ${opener(detail('from'))}${principalReason(detail('why'))}`,
    'email_accounts.stand_by_changed': ({ who, what, detail }) =>
      detail('to') === undefined
        ? `${who} let ${detail('from') ?? 'nobody'} no longer stand by for ${what}`
        : `${who} let ${detail('to')!} stand by for ${what}`,
    'sign_in_link.created': ({ who, detail }) =>
      `${who} made a ${detail('kind') === 'admin-consent' ? 'consent' : 'sign-in'} link${
        detail('wantedAddress') === undefined ? '' : ` for ${detail('wantedAddress')!}`
      }`,
    'sign_in_link.revoked': ({ who }) => `${who} took back a sign-in link`,
    'sign_in_link.used': ({ detail }) => `${detail('usedBy') ?? '?'} used a sign-in link`,

    'alerts.relay_changed': ({ who }) => `${who} changed the mail relay of alerts`,
    'alerts.relay_removed': ({ who }) => `${who} removed the mail relay of alerts`,
    'alerts.webhook_added': ({ who, what, detail }) =>
      `${who} added the webhook ${detail('name') ?? what} at ${detail('origin') ?? '?'}`,
    'alerts.webhook_changed': ({ who, detail }) =>
      detail('origin') === undefined
        ? `${who} changed the name of a webhook to ${detail('name') ?? '?'}`
        : `${who} let a webhook lead to ${detail('origin')!}`,
    'alerts.webhook_removed': ({ who, what, detail }) => `${who} removed the webhook ${detail('name') ?? what}`,
    'keys.rotated': ({ who, detail }) => `${who} sealed ${detail('resealed') ?? '?'} secrets anew under another key`,

    'conversations.merge': ({ who }) => `${who} merged a conversation into another one`,
    'conversations.split': ({ who }) => `${who} made two conversations of one`,

    'email_accounts.associate': ({ who, what, detail }) => `${who} connected ${what} (${detail('key') ?? '?'})`,
    'email_accounts.update': ({ who, what, detail }) => `${who} changed ${what}: ${list(detail('changed'), 'nothing')}`,
    'email_accounts.send_test': ({ who, what, detail }) =>
      `${who} sent a test mail from ${what}: ${detail('refusal') === undefined ? 'it went out' : 'it was refused'}`,
    'email_accounts.sends_by_graph_instead': ({ what }) =>
      `Postkey sends from ${what} by Graph now, because SMTP is switched off for it`,
    'email_accounts.change_servers': ({ who, what, detail }) =>
      `${who} entered ${detail('servers') === 'true' ? 'other mail servers and the password' : 'another password'} of ${what}`,
    'email_accounts.pause': ({ who, what }) => `${who} paused ${what}`,
    'email_accounts.resume': ({ who, what }) => `${who} resumed ${what}`,
    'email_accounts.disconnect': ({ who, what }) => `${who} disconnected ${what}`,
    'submissions.send_held': ({ who, detail }) =>
      `${who} released a held message: ${detail('subject') ?? '(no subject)'}`,
    'submissions.discard_held': ({ who, detail }) =>
      `${who} discarded a held message: ${detail('subject') ?? '(no subject)'}`,
    'email_accounts.remove': ({ who, what, detail }) => `${who} removed ${detail('address') ?? what} and its mail`,
  } satisfies Record<string, (names: AuditNames) => string> as Readonly<Record<string, (names: AuditNames) => string>>,
}
