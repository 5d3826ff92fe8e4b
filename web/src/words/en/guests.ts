export const guests = {
  workOrder: {
    title: 'Register an application for Postkey',
    sentence:
      'A colleague connects mailboxes with Postkey and asks you, as an Entra admin, to register the application. Follow the steps below. This page connects nothing.',
    until: 'This link expires',
    handBack: 'Return the IDs',
    handBackSentence:
      'When you’re done, copy the IDs from Overview of the app registration. You can do this once; the sender of the link then confirms them. Send the secret over a channel you trust, never through this page.',
    clientId: 'Application (client) ID',
    tenantId: 'Directory (tenant) ID',
    domain: 'A domain of the organization',
    domainHint: 'For example contoso.com. Postkey checks with Microsoft that it belongs to the tenant.',
    optional: 'optional',
    button: 'Return IDs',
    done: 'IDs returned',
    doneSentence: 'The sender of the link can see them now. You can close this page.',
  },
  connect: {
    title: (address?: string) => (address === undefined ? 'Connect your mailbox' : `Connect ${address}`),
    sentence: (by: string, address = 'your mailbox') =>
      `${by} asks for access to ${address}. You sign in at Microsoft; neither ${by} nor Postkey sees your password.`,
    who: {
      user: (address?: string) =>
        address === undefined
          ? 'Sign in with the account whose mailbox you want to connect.'
          : `Sign in as ${address}, or with an account that may open this mailbox.`,
      shared: () => 'Use your own account, which may open the shared mailbox.',
    },
    happens: (by: string, address = 'your mailbox') => [
      'You sign in at Microsoft, as your organization requires.',
      `Postkey checks that the account can open ${address}. If not, nothing is stored and you can try again.`,
      `From then on, ${by} can read ${address} and send from it with Postkey. You or an admin of your organization can withdraw this at Microsoft at any time.`,
    ],
    application: 'Application',
    returns: 'Then back to',
    button: 'Sign in at Microsoft',
    leave: (by: string) => `Back to ${by}`,
    noReturn: (by: string) => `Postkey can no longer take you back to ${by}. You can close this page.`,
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
          ? 'Use the account that can open the mailbox. For a shared mailbox, this is your own account.'
          : `Sign in as ${expected}. Only this account can renew the sign-in.`,
      'admin-consent': () => 'Consent alone opens no mailbox: users still sign in for theirs.',
    },
    happens: {
      title: 'Next steps',
      'sign-in': (by: string, address: string) => [
        'You go to Microsoft and sign in there, as your organization requires.',
        `Postkey checks that the account can open ${address}. If not, nothing is stored and you can try another account.`,
        `From then on, the team of ${by} reads and answers the mail of ${address} in Postkey. Nothing is deleted there.`,
        'This page works once. You or an admin of your organization can withdraw the permission at Microsoft at any time.',
      ],
      'admin-consent': (by: string) => [
        'You go to Microsoft, sign in as an admin and see the requested permissions.',
        'Then you sign in once more to verify the consent. Postkey keeps no access to your mailbox.',
        `${by} is notified once the consent is verified. Until then, you can open this page again.`,
      ],
    },
    facts: {
      by: 'Requested by',
      as: 'Sign in as',
      mailbox: 'Mailbox',
      application: 'Application (client) ID',
      until: 'Expires',
    },
    permissions: 'Requested permissions and reasons',
    button: 'Sign in at Microsoft',
    codeButton: 'Show a code for another device',
  },
}
