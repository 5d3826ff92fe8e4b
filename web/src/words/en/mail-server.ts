export const mailServer = {
  connect: 'Connect another mail server',
  title: 'Connect a mailbox on another mail server',
  sentence:
    'For mailboxes outside Microsoft 365. Postkey reads with IMAP, sends with SMTP and signs in with the password.',
  atMicrosoft: 'Mailbox outside Microsoft 365?',
  servers: 'Mailbox and servers',
  provider: 'Provider',
  providerHint: 'Fills in the servers. You can change them.',
  other: 'Other',
  imap: 'Incoming mail (IMAP)',
  smtp: 'Outgoing mail (SMTP)',
  host: 'Server',
  port: 'Port',
  tls: 'Encryption',
  ways: {
    implicit: 'TLS (993, 465)',
    starttls: 'STARTTLS (143, 587)',
    none: 'None (only in your own network)',
  },
  userName: 'User name',
  userNameHint: 'If empty, the mailbox address is used, as with most providers.',
  password: 'Password',
  passwordHint: 'Stored encrypted, used only to sign in to these two servers, and never shown here again.',
  appPassword: (provider: string) =>
    `${provider} requires an app password, created in the account settings there. Your normal password doesn’t work. It is stored encrypted and never shown here again.`,
  kept: 'A password is stored. Enter it again if you change a server, port, encryption, user name or certificate authority.',
  ca: 'Certificate authority (PEM)',
  caToggle: 'The server uses a private certificate authority',
  caHint:
    'The authority that signed the server’s certificate, or the server’s self-signed certificate. No private key.',
  wanting: {
    host: {
      imap: 'Enter the server name, such as imap.example.com.',
      smtp: 'Enter the server name, such as smtp.example.com.',
    },
    port: 'Enter a number from 1 to 65535.',
    password: 'Enter the password of the mailbox.',
  },
  tryIt: 'Check sign-in',
  tryHint: 'Signs in to both servers. Sends and stores nothing.',
  trouble: {
    toSignIn: 'Connect it with a Microsoft sign-in',
    certificate: (server: string) =>
      `Postkey can’t verify the certificate of ${server} and has sent it no password. Compare its fingerprint with the server’s admin:`,
    command: 'Command to show the certificate and its fingerprint (SHA-256)',
    authority:
      'If it matches, ask the admin for the certificate of their authority (PEM) and enter it above under “The server uses a private certificate authority”. If the name in it differs, correct the server above.',
  },

  section: {
    title: 'Mail servers',
    in: 'Incoming mail',
    out: 'Outgoing mail',
    userName: 'User name',
    password: 'Password',
    passwordKept: 'stored encrypted, never shown',
    ca: 'Private certificate authority',
    caGiven: 'yes',
    at: (host: string, port: number, way: string) => `${host}:${port}, ${way}`,
    waysShort: { implicit: 'TLS', starttls: 'STARTTLS', none: 'not encrypted' },
    change: 'Change servers or password',
    changeTitle: (address: string) => `Servers and password of ${address}`,
    changeSentence: 'Postkey checks both servers first. If the check fails, nothing changes and you’ll see why.',
    save: 'Check and save',
    saved: 'Servers and password saved',
  },
}
