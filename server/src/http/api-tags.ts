/** One resource of the API, as a tag of its description. */
export interface ApiTag {
  name: string
  description: string
}

/** Resources in groups, in the order of the reference. A route belongs to the resource after `/v1/`. */
export const TAG_GROUPS: readonly { name: string; tags: readonly ApiTag[] }[] = [
  {
    name: 'Mail',
    tags: [
      { name: 'messages', description: 'Received and sent messages with text, HTML, attachments and source.' },
      { name: 'attachments', description: 'Files of messages, and images in their text.' },
      { name: 'conversations', description: 'Messages of one subject with one customer, and the work on them.' },
      { name: 'drafts', description: 'Answers and new messages that a person is writing.' },
      { name: 'submissions', description: 'Messages to be sent, with their state. Each is sent once.' },
      { name: 'recipients', description: 'Addresses that a message may be written to.' },
      { name: 'canned-responses', description: 'Texts with placeholders for frequent answers.' },
      { name: 'signature', description: 'Text below answers of a person or mailbox.' },
      { name: 'tags', description: 'Labels of conversations.' },
      { name: 'saved-views', description: 'Stored filters of conversations.' },
    ],
  },
  {
    name: 'Events',
    tags: [
      { name: 'events', description: 'All events in order, as a list and as a stream (SSE).' },
      { name: 'webhooks', description: 'Events sent to a program, signed according to Standard Webhooks.' },
      { name: 'presence', description: 'People who view or answer a conversation at the moment.' },
      { name: 'notifications', description: 'Notices for one person, in the browser and by mail.' },
    ],
  },
  {
    name: 'Mailboxes',
    tags: [
      { name: 'email-accounts', description: 'Connected mailboxes with their settings, folders and health.' },
      { name: 'cloud-providers', description: 'Registrations at Microsoft with their credentials.' },
      { name: 'clouds', description: 'Clouds of Microsoft that Postkey knows.' },
      { name: 'authorizations', description: 'Sign-ins at Microsoft for a mailbox, in the browser.' },
      { name: 'device-sign-ins', description: 'Sign-ins at Microsoft with a code on another device.' },
      { name: 'grants', description: 'Sign-ins that Postkey holds, with the mailboxes that use them.' },
      { name: 'sign-in-links', description: 'Links with which owners of mailboxes sign in at Microsoft.' },
      {
        name: 'connect-sessions',
        description: 'Hosted pages on which owners connect their mailbox, begun by a program.',
      },
      { name: 'account-batches', description: 'Many mailboxes, connected by one call in the background.' },
      { name: 'return-urls', description: 'Addresses to which connect sessions may return, with their secrets.' },
      { name: 'work-orders', description: 'Tasks for admins of Entra ID, with a link to answer them.' },
      { name: 'servers', description: 'Mail servers other than Microsoft 365.' },
      { name: 'server-presets', description: 'Addresses of mail servers by domain.' },
      { name: 'callback', description: 'Addresses to which Microsoft and OpenID providers return browsers.' },
    ],
  },
  {
    name: 'Health',
    tags: [
      { name: 'incidents', description: 'Faults with their begin, their reason and their fix.' },
      { name: 'alerts', description: 'Notices about incidents that were sent.' },
      { name: 'alert-settings', description: 'The mail relay for alerts and its tests.' },
      { name: 'alert-webhooks', description: 'Webhooks that receive alerts.' },
      { name: 'doctor', description: 'Checks of the whole path of a mailbox.' },
      { name: 'backup-status', description: 'The latest backups.' },
      { name: 'restored-backup', description: 'Decisions after the restore of a backup.' },
      { name: 'system', description: 'State of the server, for monitoring.' },
      { name: 'postkey-self-test', description: 'Proof that PUBLIC_URL leads to this server.' },
      { name: 'graph', description: 'Change notifications of Microsoft Graph.' },
    ],
  },
  {
    name: 'People and access',
    tags: [
      { name: 'people', description: 'Team members with their roles and mailboxes.' },
      { name: 'invitations', description: 'Links with which new people join.' },
      { name: 'links', description: 'Invitations and links for a new password, as their recipients use them.' },
      { name: 'admission-requests', description: 'Users of an OpenID provider who wait for an admin.' },
      { name: 'identity-providers', description: 'OpenID providers with which people sign in to Postkey.' },
      { name: 'linked-sign-ins', description: 'Identities of OpenID providers, linked to a person.' },
      { name: 'openid-confirmations', description: 'Confirmations of an identity at an OpenID provider.' },
      { name: 'openid-sign-ins', description: 'Sign-ins to Postkey at an OpenID provider.' },
      { name: 'sign-in-policy', description: 'Ways to sign in that Postkey accepts, and who needs a second factor.' },
      { name: 'sign-in-options', description: 'Ways to sign in to Postkey.' },
      { name: 'session', description: 'The session of this browser.' },
      { name: 'sessions', description: 'All sessions of a person.' },
      { name: 'account', description: 'Password, passkeys and other factors of a person.' },
      { name: 'api-keys', description: 'Keys of programs, with scopes, mailboxes, networks and an end.' },
      { name: 'audit', description: 'Actions of people and keys with their time: list, search and export.' },
      { name: 'security.txt', description: 'Address for reports of vulnerabilities (RFC 9116).' },
    ],
  },
  {
    name: 'Data',
    tags: [
      { name: 'retention', description: 'Ages at which mail and records are deleted.' },
      { name: 'erasures', description: 'Deletion of the data of one person.' },
      { name: 'openapi', description: 'This description.' },
      { name: 'docs', description: 'Explanations of error codes.' },
    ],
  },
]

/** Tag of an address: the resource after `/v1/`, without the extension of a file. */
export function tagOf(url: string): string {
  const [, first, second] = url.split('/')
  if (first === 'graph' || first === 'docs') return first
  return (second ?? 'system').replace(/\.(?:csv|json)$/, '')
}
