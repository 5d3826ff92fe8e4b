export const setup = {
  title: 'Setup',
  sentence: 'Connect a mailbox in four steps, without its password. You can stop at any time and continue later.',
  path: 'Setup steps',
  another: 'Connect another organization',
  letters: {
    a: 'Register an application',
    b: 'Create a Cloud Provider',
    c: 'Authenticate',
    d: 'Associate a mailbox',
  },
  heading: (letter: string, name: string) => `${letter.toUpperCase()}. ${name}`,
  states: {
    'not-begun': 'not started',
    waiting: 'waiting for someone',
    done: 'done',
    attention: 'needs attention',
  },
  because: {
    proposed: 'IDs were returned. Review them.',
    orderOut: 'Waiting for the recipient of the link to register the application.',
    registered: (name: string) => `Registered for ${name}`,
    unchecked: 'Not checked yet',
    uploadAwaited: 'Waiting for the upload of the certificate to Entra ID.',
    providerWell: (name: string) => name,
    linkOut: (address: string) => `Waiting for the recipient of the link to sign in for ${address}.`,
    linkOutAnywhere: 'Waiting for the recipient of the link to sign in.',
    consentOut: 'Waiting for the Entra admin to consent with the link.',
    consented: 'The consent is verified. Next, the owner of the mailbox signs in.',
    consentReported:
      'Consent reported, not verified. Sign in, or ask the Entra admin to open the consent link again and select Verify the consent.',
    signedIn: (names: string) => names,
    ended: 'Microsoft accepts no sign-in any more.',
    rolesAwaited: 'Waiting for an Entra admin to consent for the application. No user has to sign in.',
    byApplication: 'The application opens the mailboxes. No user has to sign in.',
    associated: (addresses: string) => addresses,
    stopped: (address: string, state: string) => `${address}: ${state}`,
  },

  register: {
    sentence:
      'Microsoft requires an app registration in your organization before a program can read mail. An Entra admin does this once, for any number of mailboxes.',
    request: 'Application settings',
    cloud: 'Cloud',
    cloudHint: 'The Microsoft cloud of your organization, usually the global one. The sandbox is for practice.',
    accountTypes: 'Supported account types',
    types: {
      'single-tenant': {
        name: 'Accounts in this organizational directory only',
        when: 'All mailboxes are in your own tenant (single tenant).',
      },
      multitenant: {
        name: 'Accounts in any organizational directory',
        when: 'You connect mailboxes of several organizations (multitenant).',
      },
      'multitenant-and-personal': {
        name: 'Accounts in any organizational directory and personal Microsoft accounts',
        when: 'Includes personal accounts such as outlook.com. Doesn’t support shared mailboxes.',
      },
    },
    noPersonal: 'This cloud has no personal accounts.',
    openedBy: 'Access to mailboxes',
    opens: {
      people: {
        name: 'With a user’s sign-in',
        when: 'Postkey can access what the user can, and no more (delegated permissions). Recommended.',
      },
      'chosen-mailboxes': {
        name: 'Also by the application, for selected mailboxes',
        when: 'Needs no user’s sign-in. An Exchange admin selects the mailboxes (RBAC for Applications).',
      },
      'all-mailboxes': {
        name: 'Also by the application, for every mailbox of the organization',
        when: 'Application permissions in Entra ID. They cover all mail, regardless of limits in Exchange.',
      },
    },
    onlyPeopleHere: 'Not available with personal Microsoft accounts.',
    proof: 'Authentication of the application',
    proofs: {
      secret: {
        name: 'Client secret',
        when: 'Created in the portal and entered in Postkey. Expires after two years at most.',
      },
      certificate: {
        name: 'Certificate created by Postkey',
        when: 'For organizations that don’t allow secrets. Its private key never leaves this server. You upload its public part in the portal.',
      },
    },
    displayName: 'Display name',
    displayNameHint: 'Shown to users when they sign in. You can change it later.',
    protocols: 'Connection',
    connectionShared: 'Receives and sends mail with Microsoft Graph, for user mailboxes and shared mailboxes.',
    connectionUser: 'Receives and sends mail with Microsoft Graph, for user mailboxes.',
    ways: 'Registration',
    way: {
      myself: 'I register it',
      other: 'Another person registers it',
      already: 'Already registered',
    },
    haveIds: 'Continue to B with the IDs',
    alreadySentence:
      'You need three values from the app registration: Application (client) ID, Directory (tenant) ID, and a client secret or a certificate created by Postkey. Compare its redirect URI and permissions with the work order.',
  },

  order: {
    title: 'Work order',
    tabs: { portal: 'Portal', azureCli: 'Azure CLI', powerShell: 'PowerShell', manifest: 'Manifest' },
    tabsLabel: 'Registration methods',
    ticked: (done: number, all: number) => `${done} of ${all} done`,
    step: (number: number) => `Step ${number}`,
    redirectUri: 'Redirect URI (platform Web)',
    redirectHint: 'Must match exactly.',
    permissions: 'Permissions',
    permission: 'Permission',
    id: 'ID',
    purpose: 'Purpose',
    resource: (name: string, kind: 'Role' | 'Scope') =>
      `${name}, ${kind === 'Scope' ? 'delegated' : 'application'} permissions`,
    inExchange: 'Granted in Exchange for the connected mailboxes. Don’t add them in Entra ID.',
    azureCli: 'Run it where you’re signed in with az, for example in Cloud Shell. It prints the IDs and the secret.',
    powerShell: 'Run it in PowerShell 7 with the module Microsoft.Graph. It prints the IDs and the secret.',
    manifest: 'For registration by template: the fields of the application.',
    script: 'Script',
    noScripts: 'No scripts for this cloud: Azure CLI and PowerShell would connect to the global cloud instead.',
  },

  send: {
    title: 'Send the work order',
    sentence:
      'Create a link to the work order. It needs no login, is valid for seven days and accepts the IDs once. Nothing is connected until you confirm them.',
    make: 'Create link',
    made: 'Send this link',
    once: 'It’s shown only now. Postkey keeps no copy.',
    link: 'Work order link',
    list: 'Open links',
    until: 'expires',
    by: 'created',
    state: {
      open: 'waiting for someone',
      proposed: 'IDs returned',
      confirmed: 'confirmed',
      revoked: 'revoked',
      expired: 'expired',
    },
    revoke: 'Revoke',
    refuse: 'Reject',
    revokeTitle: 'Revoke this link?',
    refuseTitle: 'Reject these IDs?',
    revokeRemoves: ['The link: it no longer works'],
    refuseRemoves: ['The returned IDs and the link'],
    revokeKeeps: ['The registration in Entra ID'],
    back: 'IDs returned',
    proposed: 'Returned',
    clientId: 'Application (client) ID',
    tenantId: 'Directory (tenant) ID',
    domain: 'Organization',
    domainVerified: (domain: string) => `${domain}, confirmed by Microsoft for this tenant`,
    domainUnknown: 'Microsoft knows the tenant. No domain was given: compare the IDs with the person who sent them.',
    domainUnreachable: 'Microsoft could not be reached. The check in step B tries again.',
    confirm: 'Confirm and continue to B',
    compare: 'Is this your organization, and do you know who returned the IDs?',
  },

  provider: {
    sentence: 'A Cloud Provider contains the IDs of the app registration, and the secret or certificate for it.',
    service: 'Service',
    serviceIs: 'Microsoft Azure',
    type: 'Type',
    typeIs: 'Outlook365',
    name: 'Name',
    nameHint: 'A name your team knows, such as the organization’s.',
    tenantId: 'Directory (tenant) ID',
    clientId: 'Application (client) ID',
    idHint: 'From Overview of the app registration.',
    idWrong: 'An ID looks like 11111111-2222-3333-4444-555555555555. Copy it from Overview.',
    secret: 'Client secret',
    secretHint: 'The Value column under Certificates & secrets, not the Secret ID.',
    secretIsId:
      'This is the Secret ID, not the secret. Copy the Value column, which is shown only right after you create the secret.',
    expiresAt: 'Expiry date of the secret',
    expiresAtHint: 'Shown next to the secret. Postkey sends warnings before it expires; without the date, it can’t.',
    months: 'Valid for',
    monthsHint: 'Some organizations limit the period. The page Cloud Providers shows the remaining days.',
    monthsAre: (months: number) => `${months} months`,
    certificateNext:
      'Postkey creates it now. Then you download its public part and upload it in Entra ID, or send it to an Entra admin.',
    contact: 'Contact',
    contactHint: 'Notified when the registration stops working.',
    deputy: 'Deputy',
    deputyHint: 'Also notified, in case the contact is away.',
    optional: 'optional',
    create: 'Create and check',
    createAndMake: 'Create with certificate',
    chosen: 'Chosen in step A',
    change: 'Change',
    changeChosen: 'Change the choices of step A',
    proposal: 'IDs returned from the work order.',
  },

  check: {
    title: 'Check',
    running: 'Checking with Microsoft…',
    again: 'Check again',
    found: (wrong: number, waiting: number) =>
      wrong > 0
        ? wrong === 1
          ? 'Check finished: 1 problem found, see above.'
          : `Check finished: ${wrong} problems found, see above.`
        : waiting > 0
          ? 'Check finished: no problems found, but something is still pending, see above.'
          : 'Check finished: no problems found.',
    at: 'Checked',
    outdated: 'Microsoft has refused the registration since this check. Check again to see why.',
    outcomes: { ok: 'ok', wrong: 'wrong', waiting: 'waiting', 'not-tried': 'not checked' },
    well: 'No problems found. Users can sign in now.',
    goOn: 'Continue to C',
    upload: 'Upload the certificate',
    uploadSentence: 'Postkey checks at least every five minutes, and this page updates after the upload.',
    uploaded: 'Check upload now',
    instead: 'Use another method',
    replace: 'Replace the secret or certificate',
    replaceSentence: 'The new secret replaces the one Microsoft doesn’t accept.',
    replaceButton: 'Replace and check',
    replaceByCertificate: 'Create certificate',
    correct: 'Correct the IDs',
    correctSentence:
      'Compare them with Overview of the app registration. Your other entries are kept, including the secret.',
    correctButton: 'Save and check again',
    look: 'Open Cloud Provider',
  },

  authenticate: {
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
  },

  byApplication: {
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
  },

  associate: {
    sentence: 'The mailbox becomes an Email Account with a name, a key and a contact to notify when it stops.',
    needsGrant: 'A user must sign in first.',
    toC: 'Go to C',
    toB: 'Go to B',
    openedBy: 'Opened by',
    byApplication: 'The application (no user’s sign-in)',
    byApplicationHint: 'Exchange must first give the application access to the mailbox. The result shows the commands.',
    sharedByUserHint:
      'New mail appears after 15 to 60 seconds, or within 5 seconds while a browser shows the mailbox. Opened by the application, it appears within 0.1 seconds: Microsoft notifies Postkey.',
    byApplicationForAll: 'An Entra admin must give the application access to every mailbox first: see C.',
    onlyPeople: 'With this Cloud Provider, only users open mailboxes, as chosen in A.',
    toLetApplication: 'Also let the application open mailboxes',
    look: 'Check mailbox',
    looking: 'Checking the mailbox…',
    checks: 'Capability check',
    what: {
      exists: 'Mailbox exists',
      reads: 'Read mail',
      writes: 'Write drafts',
      sends: 'Send as the mailbox',
    },
    sendsLater: 'Can only be checked with an email. After associating, you can send one from the mailbox to itself.',
    details: 'Mailbox details',
    name: 'Name',
    nameHint: 'Shown to your team. Customers see the display name the mailbox has at Microsoft.',
    nameHintAtServer: 'Shown to your team, and to customers in From unless you choose another sender name.',
    key: 'Key',
    keyHint: 'One to five letters and digits. Marks the mailbox in lists.',
    keyWrong: 'One to five letters and digits.',
    contact: 'Contact',
    contactHint: 'Email address to notify when the mailbox stops.',
    window: 'Import mail from',
    windows: {
      '0': 'no import, only new mail',
      '7': 'the last 7 days',
      '30': 'the last 30 days',
      '90': 'the last 90 days',
      '365': 'the last year',
      '3650': 'the last ten years',
    },
    withCount: (window: string, count: string) => `${window}: ${count}`,
    conversations: (count: number, figure: string, isEstimate: boolean) =>
      `${isEstimate ? 'about ' : ''}${count === 1 ? '1 conversation' : `${figure} conversations`}`,
    messages: (count: number, figure: string) => (count === 1 ? '1 message' : `${figure} messages`),
    counting: 'Counting the mail of each period…',
    counted: (messages: string, folders: number, isByDay: boolean) =>
      `${messages} in ${folders === 1 ? '1 folder' : `${folders} folders`}. ${
        isByDay
          ? 'The mail server counts messages of whole days only, so there may be slightly fewer.'
          : 'Conversations as Microsoft groups them; Postkey may group some differently.'
      }`,
    notCounted: (folders: number) =>
      folders === 1 ? 'The smallest folder is not counted.' : `The ${folders} smallest folders are not counted.`,
    closes: 'Close conversations',
    closesHint: 'They arrive closed and read. A reply opens them again.',
    closesOlder: {
      '0': 'all imported ones',
      '1': 'without mail in the last day',
      '2': 'without mail in the last 2 days',
      '7': 'without mail in the last 7 days',
      '14': 'without mail in the last 14 days',
      '30': 'without mail in the last 30 days',
      none: 'none: all arrive open',
    },
    folders: 'Folders to read',
    button: (address: string) => `Associate ${address}`,
    refused: 'The mailbox can’t be opened yet. See the problems above.',
  },

  connected: {
    backup: 'Set up a backup sign-in in case this sign-in ends. You can also do this later.',
    importing: (imported: string, total: string) =>
      `${imported} of about ${total}, newest first; you can already work.`,
    begun: 'The import is starting.',
    imported: (count: number, figure: string) =>
      count === 1
        ? '1 message imported. New mail arrives automatically.'
        : `${figure} messages imported. New mail arrives automatically.`,
    progress: 'Import',
    open: 'Open inbox',
    test: 'Send a test email to the mailbox itself',
    tested:
      'Test email sent. It arrives in the mailbox and in the inbox here as “Postkey: this mailbox can send”. You can delete it.',
    next: 'Connect another mailbox',
    sameGrant: (name: string) => `With the sign-in of ${name}`,
    otherGrant: 'With another sign-in',
    details: 'Open Email Account',
  },
}
