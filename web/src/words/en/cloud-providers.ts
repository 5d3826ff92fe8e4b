export const cloudProviders = {
  title: 'Cloud Providers',
  connect: 'Connect another organization',
  list: 'Cloud Providers',
  empty: {
    title: 'No Cloud Provider is there yet',
    sentence: 'It is Postkey’s side of an app registration. The set-up makes one in its first two steps.',
    button: 'Begin the set-up',
  },
  tenant: 'Tenant',
  secret: 'Secret',
  secretUntil: 'Secret good until',
  signIns: 'Sign-ins',
  mailboxes: 'Mailboxes',
  counts: {
    grants: (count: number) => (count === 1 ? '1 sign-in' : `${count} sign-ins`),
    mailboxes: (count: number) => (count === 1 ? '1 mailbox' : `${count} mailboxes`),
  },
  ends: {
    unknown: 'end date not known',
    missing: 'no secret',
    left: (days: number) => (days === 1 ? 'ends within a day' : `ends in ${days} days`),
    over: (days: number) =>
      days === 0 ? 'past its end date' : `past its end date for ${days === 1 ? '1 day' : `${days} days`}`,
  },

  details: {
    title: 'Registration',
    cloud: 'Cloud',
    accountTypes: 'Supported account types',
    tenantId: 'Directory (tenant) ID',
    clientId: 'Application (client) ID',
    contact: 'Contact',
    deputy: 'Deputy',
    since: 'Since',
    edit: 'Edit',
    editTitle: 'Edit the Cloud Provider',
    fixed: 'Cloud, tenant and client id identify it and stay.',
    saved: 'Saved',
  },

  credentials: {
    title: 'Secrets and certificates',
    sentence:
      'A new one is tried before it is used, and the old one stays until the new one has worked. No mailbox has to sign in again.',
    added: 'added',
    none: 'There is neither a secret nor a certificate. Postkey cannot prove itself to Microsoft.',
    certificate: (thumbprint: string | undefined) =>
      thumbprint === undefined ? 'Certificate' : `Certificate ${thumbprint}…`,
    standing: { untried: 'not tried yet', works: 'works since', refused: 'refused since' },
    lastUsed: 'last used',
    nextTrial: 'Postkey tries it again',
    endRead: 'The end date was read from the registration.',
    replaced: 'A newer one works: this one may be removed, here and in Entra ID.',
    tryNow: 'Try now',
    tried: {
      works: 'Microsoft accepts it',
      untried: 'Microsoft does not know it yet',
      refused: 'Microsoft refuses it',
    },
    make: 'Make a certificate',
    made: 'The certificate is made. Download it and upload it in the portal.',
    upload: {
      title: 'Upload it to Microsoft',
      path: 'Azure portal, Microsoft Entra ID, App registrations, the application, Certificates & secrets, Certificates, Upload certificate. Or with Azure CLI:',
      download: 'Download the certificate',
      command: 'Command for Azure CLI',
      thumbprint: 'Thumbprint (SHA-1), as the portal shows it',
      sha256: 'SHA-256',
      key: 'Nothing in it is secret, so it may go by mail to whoever administers Entra ID: its private key stays on this server and is in no download.',
    },
    add: 'Add a secret',
    addButton: 'Add and check',
    addTitle: 'Add a client secret',
    remove: 'Remove',
    removeLabel: (ends: string) => `Remove the secret with ${ends}`,
    removeTitle: (name: string) => `Remove ${name}?`,
    removeGoes: (name: string) => [`${name}, here: Postkey forgets it`],
    removeLast: 'It is the only one. Without it nothing comes in or goes out until another is added.',
    removeStays: ['What is in Entra ID, until it is deleted there', 'All sign-ins and mailboxes'],
    removeButton: 'Remove',
    secret: (hint: string | undefined, description: string | undefined) =>
      `Secret${hint === undefined ? '' : ` ${hint}…`}${description === undefined ? '' : ` (${description})`}`,
    alike: (name: string, added: string) => `${name}, added ${added}`,
    goodUntil: 'good until',
    enterEnd: 'Enter the end date',
    changeEnd: 'Change the end date',
    endOf: (name: string) => `End date of ${name}`,
    endHint: 'It stands beside the secret in Entra ID. Empty means that none is known.',
  },

  ending: {
    title: (kind: 'secret' | 'certificate', days: number) =>
      `The ${kind === 'secret' ? 'client secret' : 'certificate'} ends ${days === 1 ? 'within a day' : `in ${days} days`}`,
    onDay: 'On',
    it: 'It',
    sentence: (name: string) => `${name} is the last one that works. Then these mailboxes stop receiving and sending:`,
    nobody: (name: string) => `${name} is the last one that works. No mailbox depends on it yet.`,
    remedy: {
      secret:
        'Make a new client secret in Entra ID and press “Add a secret” below. It is tried first, nobody has to sign in again, and nothing is lost.',
      certificate:
        'Press “Make a certificate” below and upload it in Entra ID. It is tried first, nobody has to sign in again, and nothing is lost.',
    },
    pastTitle: (kind: 'secret' | 'certificate') =>
      `The end date of the ${kind === 'secret' ? 'client secret' : 'certificate'} has passed, and Microsoft accepted it so far`,
    wasOn: 'It was',
    past: 'Look the date up in Entra ID under Certificates & secrets. If it is another one, correct it below; if it is right, add a new one now: the mailboxes stop as soon as Microsoft is asked again.',
    unknownTitle: (kind: 'secret' | 'certificate') =>
      `Nobody knows when the ${kind === 'secret' ? 'client secret' : 'certificate'} ends`,
    unknown:
      'Postkey cannot count down, and nobody is told before the mailboxes stop. The date stands beside the secret in Entra ID under Certificates & secrets: press “Enter the end date” below.',
  },

  dependents: {
    title: 'What depends on it',
    none: 'No mailbox depends on it yet.',
    inUse: (name: string) => `Postkey authenticates with: ${name}`,
    noneInUse: 'No secret or certificate has worked yet',
    refusedNow: (isInUse: boolean) =>
      `Microsoft accepts no secret or certificate at the moment.${isInUse ? ' The mailboxes below stop when their access tokens expire.' : ''}`,
    application: 'The application itself',
    opensNone: 'opens no mailbox',
  },

  application: {
    title: 'Only these mailboxes',
    everyTitle: 'Every mailbox of the organization',
    every:
      'The application may open each of them with nobody signed in, as was chosen, by application permissions in Entra ID. To let it open fewer, choose so under Edit, take the permissions away in Entra ID, and let Exchange name the mailboxes.',
    sentence:
      'The application can open mailboxes with nobody signed in. Exchange lets it into exactly the mailboxes below when an Exchange admin runs these commands, and again whenever the list has changed.',
    peopleTitle: 'The application itself',
    people:
      'Only people open mailboxes by it, as was chosen. Under Edit it can be allowed to open mailboxes itself; the work order then names what Entra ID needs for that.',
    none: 'It opens no mailbox by itself. In step D of the set-up a mailbox can be opened by the application instead of a person.',
    opens: 'Opened by the application itself',
    commands: 'Commands for Exchange',
    commandsHint: 'Exchange Online PowerShell. They name exactly these mailboxes. Exchange may need up to two hours.',
    imapCommands: 'Commands for Exchange, to read by IMAP',
    imapCommandsHint:
      'Only where these mailboxes are to be read by IMAP. The application needs IMAP.AccessAsApp of Office 365 Exchange Online with admin consent, and Full Access to each mailbox.',
    warning:
      'Do not consent to application permissions for mail in Entra ID: they are for every mailbox of the organization, and no limit holds beside them.',
    probe: 'A mailbox that it must not read',
    probeHint: 'Each check tries to read it and warns when it can.',
    saved: 'Saved and tried',
    save: 'Save and try',
  },

  grants: {
    title: 'Sign-ins',
    none: 'Nobody has signed in yet.',
    go: 'Go on in the set-up',
    personal: 'personal Microsoft account',
    renewed: (days: number) =>
      days === 0 ? 'renewed within the last day' : days === 1 ? 'renewed 1 day ago' : `renewed ${days} days ago`,
    renewedLast: (days: number) =>
      days === 0
        ? 'last renewed within the last day'
        : days === 1
          ? 'last renewed 1 day ago'
          : `last renewed ${days} days ago`,
    endsUnused: (days: number) =>
      days === 0
        ? 'ends today unless it is used'
        : days === 1
          ? 'ends in 1 day if it is not used'
          : `ends in ${days} days if it is not used`,
    tokenAt: (renewed: string, ends: string) => `Renewed by Microsoft ${renewed}. Ends ${ends} if it is not used.`,
    troubleSince: 'Since',
    nextTry: 'next try',
    dependents: {
      opens: 'Opens',
      none: 'no mailbox',
      standsByFor: 'Stands by for',
      isReplacedAt: 'A stand-by is at work at',
      leaves: (name: string) => `If ${name} leaves`,
      stops: (addresses: string) => `${addresses} stops.`,
      stop: (addresses: string) => `${addresses} stop.`,
      goesOn: (addresses: string) => `${addresses} goes on with its stand-by.`,
      goOn: (addresses: string) => `${addresses} go on with their stand-by.`,
    },
    deviceCode: {
      label: 'People may sign in by a code that they type elsewhere (device code)',
      hint: 'Only for people whose browser cannot reach this server. Whoever is talked into typing a stranger’s code signs in for the stranger, so many organizations block it; leave it off unless you need it.',
      on: 'Signing in by a code is allowed',
      off: 'Signing in by a code is not allowed any more',
    },
    disconnect: 'Disconnect',
    disconnectLabel: (name: string) => `Disconnect the sign-in of ${name}`,
    disconnectTitle: (name: string) => `Disconnect the sign-in of ${name}?`,
    disconnectGoes: ['The sign-in: Postkey forgets its tokens'],
    linksGo: (count: number) =>
      count === 1 ? '1 open link that would renew it' : `${count} open links that would renew it`,
    disconnectStays: ['The consent at Microsoft, until an Entra admin revokes it there', 'All mail that is here'],
    revoke: {
      title: 'Revoke the consent at Microsoft',
      done: (name: string) =>
        `The sign-in of ${name} is disconnected: Postkey has forgotten its tokens. The consent at Microsoft stays until an Entra admin revokes it.`,
      where:
        'In the portal: Microsoft Entra ID, Enterprise applications, the application, Permissions. Or in Graph PowerShell:',
      whereOnly: 'In the portal: Microsoft Entra ID, Enterprise applications, the application, Permissions.',
      personal: 'It is a personal Microsoft account: only its owner can revoke the consent.',
      ofPerson: 'What this user consented to',
      ofOrganization: 'What an admin consented to for the organization: ends every sign-in there by this application',
      close: 'Close',
    },
    blocked: (addresses: string) => `It opens ${addresses}. Remove them first, or give them another sign-in.`,
    disconnectButton: 'Disconnect the sign-in',
  },

  removal: {
    title: 'Remove',
    sentence: 'Postkey forgets the registration. The registration in Entra ID stays.',
    button: 'Remove the Cloud Provider',
    dialogTitle: (name: string) => `Remove ${name}?`,
    blockedGrants: (names: string) => `Sign-ins depend on it: ${names}. Disconnect them first.`,
    blockedMailboxes: (addresses: string) => `Mailboxes depend on it: ${addresses}.`,
    secrets: (count: number) => (count === 1 ? '1 client secret' : `${count} client secrets`),
    links: (count: number) => (count === 1 ? '1 open sign-in link' : `${count} open sign-in links`),
    itself: 'The Cloud Provider and its check',
    stays: ['The app registration in Entra ID', 'All mail that is here'],
    removed: (name: string) => `${name} is removed`,
  },

  order: 'Work order of this registration',
  orderSentence: 'What was to be registered, to compare with the portal or to do again.',
  orderShow: 'Show the work order',
  orderHide: 'Hide the work order',
}
