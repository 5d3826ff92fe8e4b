export const setUp = {
  title: 'Set-up',
  sentence: 'Four steps connect a mailbox without its password. You can leave at any time and go on later.',
  path: 'The four steps',
  another: 'Connect another organization',
  letters: {
    a: 'Register an application',
    b: 'Create a Cloud Provider',
    c: 'Authenticate',
    d: 'Associate a mailbox',
  },
  heading: (letter: string, name: string) => `${letter.toUpperCase()}. ${name}`,
  states: {
    'not-begun': 'not begun',
    waiting: 'waiting for someone',
    done: 'done',
    attention: 'needs attention',
  },
  because: {
    proposed: 'Ids have come back. Look at them.',
    orderOut: 'The link is out. Its recipient registers the application.',
    registered: (name: string) => `Registered for ${name}`,
    unchecked: 'Not checked yet',
    uploadAwaited: 'The certificate waits to be uploaded in Entra ID.',
    providerWell: (name: string) => name,
    linkOut: (address: string) => `Whoever got the link signs in for ${address}.`,
    linkOutAnywhere: 'Whoever got the link signs in.',
    consentOut: 'An Entra admin has the link and consents.',
    consented: 'The consent is verified. The owner of the mailbox signs in next.',
    consentReported:
      'Consent reported, not verified. Sign in, or let the Entra admin open the consent link again and choose Verify the consent.',
    signedIn: (names: string) => names,
    ended: 'Microsoft accepts no sign-in any more.',
    rolesAwaited: 'An Entra admin consents for the application. Nobody has to sign in.',
    byApplication: 'The application opens the mailboxes itself; nobody has to sign in.',
    associated: (addresses: string) => addresses,
    stopped: (address: string, state: string) => `${address}: ${state}`,
  },

  register: {
    sentence:
      'Microsoft lets a program read mail only when it is registered in your organization. An Entra admin does that once; it serves any number of mailboxes.',
    wish: 'What will be connected',
    cloud: 'Cloud',
    cloudHint: 'Where your organization is. Nearly always the global one; the sandbox is for rehearsals.',
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
        when: 'Also outlook.com and the like. Shared mailboxes cannot be opened with it.',
      },
    },
    noPersonal: 'This cloud has no personal accounts.',
    openedBy: 'Who opens the mailboxes',
    opens: {
      people: {
        name: 'People who sign in',
        when: 'Postkey may do what the person may, and no more (delegated permissions). Nearly always the right one.',
      },
      'chosen-mailboxes': {
        name: 'Also the application itself, for chosen mailboxes',
        when: 'Nobody signs in; an Exchange admin names the mailboxes it may open (RBAC for Applications).',
      },
      'all-mailboxes': {
        name: 'Also the application itself, for every mailbox of the organization',
        when: 'Application permissions in Entra ID. They reach all mail there is, whatever Exchange limits.',
      },
    },
    onlyPeopleHere: 'Not with personal Microsoft accounts.',
    proof: 'How Postkey proves itself to Microsoft',
    proofs: {
      secret: {
        name: 'A client secret',
        when: 'Made in the portal and entered in Postkey. It ends after two years at most.',
      },
      certificate: {
        name: 'A certificate that Postkey makes',
        when: 'For organizations that forbid secrets. Its key never leaves this server; its public part is uploaded in the portal.',
      },
    },
    displayName: 'Display name',
    displayNameHint: 'People see it when they sign in. It can be changed later.',
    roads: 'Roads',
    roadsAre: 'Mail comes in and goes out by Microsoft Graph, for the mailboxes of people and for shared ones.',
    roadsOwn: 'Mail comes in and goes out by Microsoft Graph, for the mailboxes of people.',
    ways: 'Who registers it',
    way: {
      myself: 'I register it',
      other: 'Somebody else does',
      already: 'It is registered already',
    },
    haveIds: 'I have the ids: go on to B',
    alreadySentence:
      'You need three things from the app registration: Application (client) ID, Directory (tenant) ID, and a client secret or a certificate that Postkey makes. Compare its redirect URI and permissions with the work order.',
  },

  order: {
    title: 'Work order',
    tabs: { portal: 'Portal', azureCli: 'Azure CLI', powerShell: 'PowerShell', manifest: 'Manifest' },
    tabsLabel: 'Ways to register',
    ticked: (done: number, all: number) => `${done} of ${all} done`,
    step: (number: number) => `Step ${number}`,
    redirectUri: 'Redirect URI (platform Web)',
    redirectHint: 'Microsoft compares it letter by letter.',
    permissions: 'Permissions',
    permission: 'Permission',
    id: 'Id',
    purpose: 'What it is for',
    resource: (name: string, kind: 'Role' | 'Scope') =>
      `${name}, ${kind === 'Scope' ? 'delegated' : 'application'} permissions`,
    inExchange: 'These are allowed in Exchange, for the mailboxes that are connected, and not added in Entra ID.',
    azureCli:
      'Run it where you are signed in with az, for example in the Cloud Shell. It prints the ids and the secret.',
    powerShell: 'Run it in PowerShell 7 with the module Microsoft.Graph. It prints the ids and the secret.',
    manifest: 'For those who register by template: the fields of the application.',
    script: 'Script',
    noScripts:
      'Azure CLI and PowerShell don’t know this cloud, so there are no scripts for it: they would connect to the global one.',
  },

  send: {
    title: 'Send it to somebody else',
    sentence:
      'A link to the work order. It needs no login, is good for seven days, and takes the ids back once. Nothing is connected by it: you confirm what comes back.',
    make: 'Make a link',
    made: 'Send this link',
    once: 'It is shown only now. Postkey keeps no copy.',
    link: 'Work order link',
    list: 'Links that are out',
    until: 'good until',
    by: 'made',
    state: {
      open: 'waiting for someone',
      proposed: 'ids have come back',
      confirmed: 'confirmed',
      revoked: 'taken back',
      expired: 'expired',
    },
    revoke: 'Take back',
    refuse: 'Refuse',
    revokeTitle: 'Take this link back?',
    refuseTitle: 'Refuse these ids?',
    revokeGoes: ['The link: whoever opens it is told that it is over'],
    refuseGoes: ['The ids that were handed back, and the link'],
    revokeStays: ['What was registered in Entra ID'],
    back: 'Ids have come back',
    proposed: 'Handed back',
    clientId: 'Application (client) ID',
    tenantId: 'Directory (tenant) ID',
    domain: 'Organization',
    domainVerified: (domain: string) => `${domain}: Microsoft says that it belongs to this tenant`,
    domainUntold: 'Microsoft knows the tenant. No domain was given: compare the ids with whoever sent them.',
    domainUnasked: 'Microsoft could not be asked. The check in step B does it again.',
    confirm: 'Confirm and go on to B',
    compare: 'Is this your organization, and do you know who handed it back?',
  },

  provider: {
    sentence:
      'Postkey’s side of the registration: the ids, and a secret or certificate with which Postkey proves itself to Microsoft.',
    service: 'Service',
    serviceIs: 'Microsoft Azure',
    type: 'Type',
    typeIs: 'Outlook365',
    name: 'Name',
    nameHint: 'How your team calls it, such as the name of the organization.',
    tenantId: 'Directory (tenant) ID',
    clientId: 'Application (client) ID',
    idHint: 'From Overview of the app registration.',
    idWrong: 'An id looks like 11111111-2222-3333-4444-555555555555. Copy it from Overview.',
    secret: 'Client secret',
    secretHint: 'The column Value under Certificates & secrets, not the Secret ID.',
    secretIsId:
      'That is the Secret ID, not the secret. Copy the column Value; it is shown only right after the secret was made.',
    endsAt: 'End date of the secret',
    endsAtHint:
      'It stands beside the secret. Postkey counts the days and tells people before it ends; without it nobody is warned.',
    months: 'Good for',
    monthsHint: 'Some organizations limit it. Cloud Providers counts the days that are left.',
    monthsAre: (months: number) => `${months} months`,
    certificateNext:
      'Postkey makes it now. Then you download its public part, upload it in Entra ID, or send it to whoever may.',
    contact: 'Contact',
    contactHint: 'Who is named when the registration stops working.',
    deputy: 'Deputy',
    deputyHint: 'For when the contact is away.',
    optional: 'optional',
    create: 'Create and check',
    createAndMake: 'Create and make the certificate',
    chosen: 'Chosen in step A',
    change: 'Change',
    changeChosen: 'Change what was chosen in step A',
    proposal: 'The ids that were handed back. They come from the work order.',
  },

  check: {
    title: 'Check',
    running: 'Postkey asks Microsoft.',
    again: 'Check again',
    found: (wrong: number, waiting: number) =>
      wrong > 0
        ? wrong === 1
          ? 'Just checked: one thing is wrong, see above.'
          : `Just checked: ${wrong} things are wrong, see above.`
        : waiting > 0
          ? 'Just checked: nothing is wrong, and something is still awaited, see above.'
          : 'Just checked: nothing is wrong.',
    at: 'Checked',
    outdated: 'Microsoft has refused the registration since this check. Check again to see what is wrong.',
    outcomes: { ok: 'right', wrong: 'wrong', waiting: 'waiting', 'not-tried': 'not tried' },
    well: 'Nothing is wrong. Somebody can sign in now.',
    goOn: 'Go on to C',
    upload: 'Upload the certificate',
    uploadSentence:
      'As soon as it is there, this page goes on: Postkey asks Microsoft again by itself, at least every five minutes.',
    uploaded: 'It is uploaded: check now',
    instead: 'Use something else instead',
    replace: 'Use another secret or a certificate',
    replaceSentence: 'The new secret takes the place of the one that Microsoft does not accept.',
    replaceButton: 'Replace and check',
    replaceByCertificate: 'Make the certificate',
    correct: 'Correct the ids',
    correctSentence:
      'Compare them with Overview of the app registration. Everything else you entered is kept, including the secret.',
    correctButton: 'Save and check again',
    look: 'Open the Cloud Provider',
  },

  authenticate: {
    sentence:
      'Somebody who may open the mailbox signs in at Microsoft, with everything that your organization asks for. Postkey never sees the password.',
    which: 'Which mailbox',
    address: 'Mailbox address',
    addressWrong: 'An address looks like support@contoso.com.',
    kind: 'Kind',
    kinds: {
      shared: { name: 'Shared mailbox', who: 'Somebody with Full Access signs in with their own account.' },
      user: { name: 'User mailbox', who: 'Its owner signs in.' },
    },
    how: 'Who signs in, and when',
    ways: {
      consent: {
        name: 'Admin consent first, then the sign-in',
        when: 'Not needed if “Grant admin consent” was selected in the portal or the script was run (step A). Otherwise an Entra admin signs in here: most organizations don’t let users consent.',
        button: 'Consent at Microsoft',
      },
      now: {
        name: 'Sign in now',
        when: 'After admin consent, in the portal or here. The user who can open the mailbox is at this browser.',
        button: 'Sign in at Microsoft',
      },
      code: {
        name: 'Show a code to be typed elsewhere',
        when: 'For a person whose browser cannot reach this server. They type it at Microsoft, on any device.',
        button: 'Show a code',
      },
      ownerLink: {
        name: 'Send a sign-in link to the owner or a delegate',
        when: 'They sign in where they are, and need no login here.',
        button: 'Make a sign-in link',
      },
      adminLink: {
        name: 'Send a consent link to the Entra admin',
        when: 'They consent for the organization, and need no login here.',
        button: 'Make a consent link',
      },
    },
    anotherCode: 'Show another code',
    sendConsentLink: 'Send a consent link to an Entra admin',
    toD: 'Go on: associate the mailbox',
    redirecting: 'Microsoft’s page opens. Afterwards you come back here.',
    grants: 'Sign-ins that are there',
    again: 'One sign-in opens any number of mailboxes that the person may open.',
    use: (name: string) => `Use this sign-in: ${name}`,
    useShort: 'Use this sign-in',
    since: 'signed in',
    ended: 'ended',
    allGranted: 'Everything that was wanted is granted.',
    missing: (scopes: string) => `Not granted: ${scopes}. An Entra admin can allow it by admin consent.`,
    scopes: 'Wanted and granted',
    wanted: 'Wanted',
    granted: 'Granted',
    yes: 'granted',
    no: 'not granted',
    links: 'Links that are out',
    linkMade: { 'sign-in': 'Send this sign-in link', 'admin-consent': 'Send this consent link' },
    link: 'Link',
    linkOnce: {
      'sign-in':
        'It is shown only now. It is good for a day, opens this mailbox alone, and is used up by the first success. Another link for the mailbox ends it.',
      'admin-consent':
        'It is shown only now. It can be opened again until the consent is verified, for seven days. Another one ends it.',
    },
    linkKind: { 'sign-in': 'Sign-in', 'admin-consent': 'Admin consent' },
    linkFor: (address: string) => `for ${address}`,
    consentReported: 'consent reported, not verified',
    linkStates: { open: 'waiting for someone', used: 'used', revoked: 'taken back', expired: 'expired' },
    usedBy: (name: string) => `by ${name}`,
    revoke: 'Take back',
    revokeTitle: 'Take this link back?',
    revokeGoes: ['The link: whoever opens it is told that it is over'],
    revokeStays: ['What came of it already'],
    needsProvider: 'Create a Cloud Provider first.',
  },

  byApplication: {
    title: 'Nobody has to sign in',
    sentence:
      'The application opens mailboxes itself, with the credential of B. There is no password, no second factor and no sign-in that could end.',
    ready: {
      'chosen-mailboxes':
        'Exchange lets it into the mailboxes that you choose. D shows the commands for the Exchange admin.',
      'all-mailboxes': 'Microsoft has given it the permissions for every mailbox.',
    },
    consent:
      'An Entra admin has yet to consent: App registrations, the application, API permissions, Grant admin consent. Or by a consent below, here or by a link.',
    goOn: 'Go on to D with the application',
    consented: 'Consent is given: check now',
    orPeople: 'Or somebody signs in',
  },

  associate: {
    sentence: 'The mailbox becomes an Email Account: a name, a key, and who is named when it stops.',
    needsGrant: 'Somebody has to sign in first.',
    toC: 'Go to C',
    toB: 'Go to B',
    toA: 'Go to A',
    openedBy: 'Opened by',
    byApplication: 'The application itself (nobody signs in)',
    byApplicationHint:
      'Exchange has to let the application into the mailbox first. The commands for that appear with the result.',
    byApplicationForAll: 'An Entra admin has let the application into every mailbox, or does so first: see C.',
    onlyPeople: 'By this Cloud Provider only people open mailboxes, as was chosen in A.',
    toLetApplication: 'Let the application open mailboxes, too',
    look: 'Look into the mailbox',
    looking: 'Postkey looks into the mailbox.',
    lights: 'What the mailbox can do',
    what: {
      exists: 'The mailbox is there',
      reads: 'Mail can be read',
      writes: 'Drafts can be written',
      sends: 'Mail can be sent in its name',
    },
    sendsLater: 'Only a mail shows it. After associating, a button sends one from the mailbox to itself.',
    details: 'How it appears here',
    name: 'Name',
    nameHint: 'Your team sees it. Customers see the display name that the mailbox has at Microsoft.',
    nameHintAtServer: 'Your team sees it, and customers in From as long as no other name is chosen.',
    key: 'Key',
    keyHint: 'One to five letters and digits. It marks the mailbox in lists.',
    keyWrong: 'One to five letters and digits.',
    contact: 'Contact',
    contactHint: 'Email address of whoever is named here when the mailbox stops.',
    window: 'Import mail of',
    windows: {
      '0': 'none: only what comes from now on',
      '7': 'the last 7 days',
      '30': 'the last 30 days',
      '90': 'the last 90 days',
      '365': 'the last year',
      '3650': 'the last ten years',
    },
    folders: 'Folders to read',
    button: (address: string) => `Associate ${address}`,
    refused: 'The mailbox cannot be opened yet. Look at what is red above.',
  },

  connected: {
    standBy: 'Who takes over when this sign-in ends? You can also decide later.',
    importing: (imported: string, total: string) =>
      `${imported} of about ${total}, newest first; you can work meanwhile.`,
    begun: 'The import begins.',
    imported: (count: number, figure: string) =>
      count === 1
        ? '1 message is here. New mail comes in by itself.'
        : `${figure} messages are here. New mail comes in by itself.`,
    progress: 'Import',
    open: 'Open the inbox',
    test: 'Send a test mail to the mailbox itself',
    tested:
      'The test mail went out. It arrives in the mailbox, and in the inbox here, as “Postkey: this mailbox can send”. It can be deleted.',
    next: 'Connect another mailbox',
    sameGrant: (name: string) => `With the sign-in of ${name}`,
    otherGrant: 'With another sign-in',
    details: 'Open the Email Account',
  },
}
