export const guests = {
  workOrder: {
    title: 'Register an application for Postkey',
    sentence:
      'Somebody in your organization connects mailboxes with Postkey and asks you, as an Entra admin, to register it. The lines below say what to do; nothing is connected by this page.',
    until: 'This link is good until',
    handBack: 'Hand the ids back',
    handBackSentence:
      'When all is done: from Overview of the app registration. This works once; whoever sent the link confirms it. The secret goes to them by a way that you trust, never through this page.',
    clientId: 'Application (client) ID',
    tenantId: 'Directory (tenant) ID',
    domain: 'A domain of the organization',
    domainHint:
      'Such as contoso.com. Postkey asks Microsoft whether it belongs to the tenant, so that nobody has to compare ids.',
    optional: 'optional',
    button: 'Hand back',
    done: 'The ids are handed back',
    doneSentence: 'Whoever sent you the link sees them now. You can close this page.',
  },
  signIn: {
    titles: {
      'sign-in': (address: string) => `Sign in for ${address}`,
      'admin-consent': () => 'Allow Postkey for your organization',
    },
    noAddress: 'a mailbox',
    sentences: {
      'sign-in': (by: string, address: string, provider: string) =>
        `${by} connects ${address} with Postkey (${provider}) and asks you to sign in at Microsoft. Postkey never sees your password.`,
      'admin-consent': (by: string, address: string, provider: string) =>
        `${by} connects ${address} with Postkey (${provider}) and asks you, as an Entra admin, to allow the application for your organization.`,
    },
    who: {
      'sign-in': (expected?: string) =>
        expected === undefined
          ? 'Sign in with the account that may open the mailbox: your own, for a shared mailbox too.'
          : `Sign in as ${expected}: this renews their sign-in, and only they can.`,
      'admin-consent': () => 'Consent opens no mailbox by itself: people still sign in for theirs.',
    },
    happens: {
      title: 'What will happen',
      'sign-in': (by: string, address: string) => [
        'You go to Microsoft and sign in there, with all that your organization asks for.',
        `Postkey looks whether the account opens ${address}. If not, nothing is kept and you can try another account.`,
        `From then on the team of ${by} reads and answers the mail of ${address} in Postkey. Nothing is deleted there.`,
        'This page works once. You can take the permission back at Microsoft at any time.',
      ],
      'admin-consent': (by: string) => [
        'You go to Microsoft, sign in as an admin and see what is asked for.',
        'Then you sign in once more, which verifies the consent. Postkey keeps no access to your mailbox.',
        `${by} is notified once the consent is verified. Until then this page works again.`,
      ],
    },
    facts: {
      by: 'Asked by',
      as: 'Sign in as',
      mailbox: 'Mailbox',
      application: 'Application (client) ID',
      until: 'Good until',
    },
    permissions: 'What Postkey asks for, and why',
    button: 'Sign in at Microsoft',
    codeButton: 'Show a code for another device',
    redirecting: 'Microsoft’s page opens.',
  },
}
