/** Step C: the sign-in that opens a mailbox, or the application. */
export const setupAuthenticate = {
  sentence:
    'A user who can open the mailbox signs in at Microsoft, as your organization requires. Postkey never sees the password.',
  which: 'Mailbox',
  address: 'Mailbox address',
  addressWrong: 'An address looks like support@contoso.com.',
  kind: 'Kind',
  kinds: {
    shared: { name: 'Shared mailbox', who: 'A user with Full Access signs in with their own account.' },
    user: { name: 'User mailbox', who: 'Its owner signs in.' },
  },
  how: 'Sign-in method',
  ways: {
    consent: {
      name: 'Admin consent first, then sign-in',
      when: 'Not needed if “Grant admin consent” was selected in the portal or the script was run (step A). Otherwise an Entra admin signs in here: most organizations don’t let users consent.',
      button: 'Consent at Microsoft',
    },
    now: {
      name: 'Sign in now',
      when: 'After admin consent, in the portal or here. The user who can open the mailbox is at this browser.',
      button: 'Sign in at Microsoft',
    },
    code: {
      name: 'Show a code for another device',
      when: 'For a user whose browser can’t reach this server. They enter the code at Microsoft, on any device.',
      button: 'Show code',
    },
    ownerLink: {
      name: 'Send a sign-in link to the owner or a delegate',
      when: 'They sign in on their own device and need no Postkey login.',
      button: 'Create sign-in link',
    },
    adminLink: {
      name: 'Send a consent link to the Entra admin',
      when: 'They consent for the organization and need no Postkey login.',
      button: 'Create consent link',
    },
  },
  anotherCode: 'Show another code',
  sendConsentLink: 'Send a consent link to an Entra admin',
  toD: 'Continue: associate the mailbox',
  grants: 'Existing sign-ins',
  again: 'One sign-in opens any number of mailboxes the user has access to.',
  use: (name: string) => `Use this sign-in: ${name}`,
  useShort: 'Use this sign-in',
  since: 'signed in',
  ended: 'ended',
  allGranted: 'All requested permissions are granted.',
  missing: (scopes: string) => `Not granted: ${scopes}. An Entra admin can grant it with admin consent.`,
  scopes: 'Permissions',
  wanted: 'Requested',
  granted: 'Granted',
  yes: 'granted',
  no: 'not granted',
  links: 'Links',
  linkMade: { 'sign-in': 'Send this sign-in link', 'admin-consent': 'Send this consent link' },
  link: 'Link',
  linkOnce: {
    'sign-in':
      'It’s shown only now. Valid for one day and one successful sign-in, for this mailbox only. A new link for the mailbox replaces it.',
    'admin-consent':
      'It’s shown only now. Valid for seven days or until the consent is verified. A new link replaces it.',
  },
  linkKind: { 'sign-in': 'Sign-in', 'admin-consent': 'Admin consent' },
  linkFor: (address: string) => `for ${address}`,
  consentReported: 'consent reported, not verified',
  linkStates: { open: 'waiting for someone', used: 'used', revoked: 'revoked', expired: 'expired' },
  usedBy: (name: string) => `by ${name}`,
  revoke: 'Revoke',
  revokeTitle: 'Revoke this link?',
  revokeRemoves: ['The link: it no longer works'],
  revokeKeeps: ['Sign-ins and consent already given with it'],
  needsProvider: 'Create a Cloud Provider first.',
}

export const setupByApplication = {
  title: 'No sign-in needed',
  sentence:
    'The application opens mailboxes with the credential from step B. No password, second factor or user’s sign-in is involved.',
  ready: {
    'chosen-mailboxes':
      'Exchange gives it access to the selected mailboxes. D shows the commands for the Exchange admin.',
    'all-mailboxes': 'Microsoft has granted it the permissions for every mailbox.',
  },
  consent:
    'An Entra admin must consent: App registrations, the application, API permissions, Grant admin consent. Or use a consent option below.',
  goOn: 'Continue to D with the application',
  consented: 'Check consent now',
  orPeople: 'Or use a user’s sign-in',
}
