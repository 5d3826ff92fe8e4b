export const cloudProviders = {
  tabs: {
    overview: 'Overview',
    credentials: 'Credentials',
    'sign-ins': 'Sign-ins',
    access: 'Access',
    activity: 'Activity',
  },
  activity: {
    title: 'Activity',
    sentence: 'Changes of this Cloud Provider by admins, API keys and Postkey, newest first.',
    none: 'No change is recorded.',
  },
  title: 'Cloud Providers',
  connect: 'Connect another organization',
  list: 'Cloud Providers',
  empty: {
    title: 'No Cloud Providers yet',
    sentence:
      'A Cloud Provider is Postkey’s side of an app registration. You create one in the first two steps of the setup.',
    button: 'Start setup',
  },
  tenant: 'Tenant',
  secret: 'Secret',
  mailboxes: 'Mailboxes',
  counts: {
    grants: (count: number) => (count === 1 ? '1 sign-in' : `${count} sign-ins`),
    mailboxes: (count: number) => (count === 1 ? '1 mailbox' : `${count} mailboxes`),
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
    editTitle: 'Edit Cloud Provider',
    fixed: 'Cloud, tenant and client ID can’t be changed.',
    saved: 'Saved',
  },

  credentials: {
    title: 'Secrets and certificates',
    sentence:
      'Postkey checks a new secret or certificate before using it, and keeps the old one until the new one has worked. No mailbox has to sign in again.',
    added: 'added',
    none: 'No secret or certificate. Postkey can’t authenticate with Microsoft.',
    certificate: (thumbprint: string | undefined) =>
      thumbprint === undefined ? 'Certificate' : `Certificate ${thumbprint}…`,
    standing: { untried: 'not checked yet', works: 'works since', refused: 'refused since' },
    lastUsed: 'last used',
    nextTrial: 'Next check',
    expiryRead: 'Expiry date read from the registration.',
    replaced: 'A newer one works, so you can remove this one here and in Entra ID.',
    tryNow: 'Check now',
    tried: {
      works: 'Microsoft accepts it',
      untried: 'Microsoft doesn’t know it yet',
      refused: 'Microsoft refuses it',
    },
    make: 'Create certificate',
    made: 'Certificate created. Download it and upload it in the portal.',
    upload: {
      title: 'Upload it to Microsoft',
      path: 'Azure portal, Microsoft Entra ID, App registrations, the application, Certificates & secrets, Certificates, Upload certificate. Or with Azure CLI:',
      download: 'Download certificate',
      command: 'Command for Azure CLI',
      thumbprint: 'Thumbprint (SHA-1), as shown in the portal',
      sha256: 'SHA-256',
      key: 'The file isn’t secret, so you can email it to your Entra admin. The private key stays on this server and can’t be downloaded.',
    },
    add: 'Add secret',
    addButton: 'Add and check',
    addTitle: 'Add a client secret',
    remove: 'Remove',
    removeTitle: (name: string) => `Remove ${name}?`,
    removeRemoves: (name: string) => [`${name}, from Postkey`],
    removeLast: 'It’s the only one. Without it, no mail is received or sent until you add another.',
    removeKeeps: ['The entry in Entra ID, until it is deleted there', 'All sign-ins and mailboxes'],
    removeButton: 'Remove',
    secret: (hint: string | undefined, description: string | undefined) =>
      `Secret${hint === undefined ? '' : ` ${hint}…`}${description === undefined ? '' : ` (${description})`}`,
    alike: (name: string, added: string) => `${name}, added ${added}`,
    goodUntil: 'expires on',
    enterExpiry: 'Enter expiry date',
    changeExpiry: 'Change expiry date',
    endOf: (name: string) => `Expiry date of ${name}`,
    expiryHint: 'Shown next to the secret in Entra ID. Leave empty if unknown.',
  },

  dependents: {
    title: 'Dependent mailboxes',
    none: 'No mailbox depends on it yet.',
    inUse: (name: string) => `Postkey authenticates with: ${name}`,
    noneInUse: 'No secret or certificate has worked yet',
    refusedNow: (isInUse: boolean) =>
      `Microsoft currently accepts no secret or certificate.${isInUse ? ' The mailboxes below stop when their access tokens expire.' : ''}`,
    application: 'The application',
    opensNone: 'opens no mailbox',
  },

  application: {
    title: 'Only these mailboxes',
    everyTitle: 'Every mailbox of the organization',
    every:
      'With application permissions in Entra ID, the application can open every mailbox without a user’s sign-in, as you chose. To limit this, select Edit and choose fewer mailboxes, remove the permissions in Entra ID, and name the mailboxes in Exchange.',
    sentence:
      'The application can open mailboxes without a user’s sign-in. To limit its access to the mailboxes below, an Exchange admin runs these commands, and runs them again whenever the list changes.',
    peopleTitle: 'Access without a user',
    people:
      'Only users open mailboxes with this Cloud Provider, as you chose. To let the application open mailboxes, select Edit. The work order then lists what Entra ID needs.',
    none: 'The application opens no mailboxes. In step D of the setup, you can choose the application instead of a user.',
    opens: 'Opened by the application',
    commands: 'Commands for Exchange',
    commandsHint:
      'For Exchange Online PowerShell. They cover exactly these mailboxes. Exchange can take up to two hours.',
    imapCommands: 'Commands for Exchange, for IMAP',
    imapCommandsHint:
      'Only if these mailboxes are read with IMAP. The application needs IMAP.AccessAsApp of Office 365 Exchange Online with admin consent, and Full Access to each mailbox.',
    warning:
      'Don’t consent to application permissions for mail in Entra ID. They apply to every mailbox of the organization and override any limit.',
    probe: 'A mailbox it must not read',
    probeHint: 'Each check tries to read it and warns if that works.',
    saved: 'Saved and checked',
    save: 'Save and check',
  },

  grants: {
    title: 'Sign-ins',
    none: 'No sign-ins yet.',
    go: 'Continue setup',
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
        ? 'expires today if unused'
        : days === 1
          ? 'expires in 1 day if unused'
          : `expires in ${days} days if unused`,
    tokenAt: (renewed: string, ends: string) => `Renewed by Microsoft ${renewed}. Expires ${ends} if unused.`,
    troubleSince: 'Since',
    nextTry: 'next try',
    dependents: {
      opens: 'Opens',
      none: 'no mailbox',
      backupFor: 'Backup for',
      replacedAt: 'Replaced by the backup sign-in at',
      leaves: (name: string) => `If ${name} leaves`,
      stops: (addresses: string) => `${addresses} stops.`,
      stop: (addresses: string) => `${addresses} stop.`,
      continues: (addresses: string) => `${addresses} continues with its backup sign-in.`,
      continue: (addresses: string) => `${addresses} continue with their backup sign-ins.`,
    },
    deviceCode: {
      label: 'Allow sign-in with a code on another device (device code)',
      hint: 'Only for users whose browser can’t reach this server. Attackers trick users into entering a code that gives away their mailbox, so many organizations block it. Leave it off unless you need it.',
      on: 'Sign-in with a code is allowed',
      off: 'Sign-in with a code is no longer allowed',
    },
    disconnect: 'Disconnect',
    disconnectLabel: (name: string) => `Disconnect the sign-in of ${name}`,
    disconnectTitle: (name: string) => `Disconnect the sign-in of ${name}?`,
    disconnectRemoves: ['The sign-in and its tokens in Postkey'],
    linksGo: (count: number) => (count === 1 ? '1 open link to renew it' : `${count} open links to renew it`),
    disconnectKeeps: ['The consent at Microsoft, until an Entra admin revokes it', 'All mail in Postkey'],
    revoke: {
      title: 'Revoke the consent at Microsoft',
      done: (name: string) =>
        `The sign-in of ${name} is disconnected and its tokens are deleted. The consent at Microsoft stays until an Entra admin revokes it.`,
      where:
        'In the portal: Microsoft Entra ID, Enterprise applications, the application, Permissions. Or in Graph PowerShell:',
      whereOnly: 'In the portal: Microsoft Entra ID, Enterprise applications, the application, Permissions.',
      personal: 'It’s a personal Microsoft account, so only its owner can revoke the consent.',
      ofPerson: 'Consent of this user',
      ofOrganization: 'Admin consent for the organization: revoking it ends every sign-in with this application there',
      close: 'Close',
    },
    blocked: (addresses: string) => `It opens ${addresses}. First remove these mailboxes or give them another sign-in.`,
    disconnectButton: 'Disconnect sign-in',
  },

  removal: {
    title: 'Remove',
    sentence: 'Removes the registration from Postkey. The app registration in Entra ID stays.',
    button: 'Remove Cloud Provider',
    dialogTitle: (name: string) => `Remove ${name}?`,
    blockedGrants: (names: string) => `Sign-ins depend on it: ${names}. Disconnect them first.`,
    blockedMailboxes: (addresses: string) => `Mailboxes depend on it: ${addresses}.`,
    secrets: (count: number) => (count === 1 ? '1 client secret' : `${count} client secrets`),
    links: (count: number) => (count === 1 ? '1 open sign-in link' : `${count} open sign-in links`),
    itself: 'The Cloud Provider and its checks',
    keeps: ['The app registration in Entra ID', 'All mail in Postkey'],
    removed: (name: string) => `${name} removed`,
  },

  order: 'Work order of this registration',
  orderSentence: 'The settings to register, to compare with the portal or repeat.',
  orderShow: 'Show work order',
  orderHide: 'Hide work order',
}
