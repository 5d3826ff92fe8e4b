export const mailServer = {
  connect: 'Connect another mail server',
  title: 'Connect a mailbox at another mail server',
  sentence:
    'For mailboxes that are not at Microsoft 365: they are read by IMAP and send by SMTP, and opened with their password.',
  atMicrosoft: 'The mailbox is not at Microsoft 365?',
  servers: 'The mailbox and its servers',
  provider: 'Provider',
  providerHint: 'Fills the servers in. What it filled in can be changed.',
  other: 'Another one',
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
  userNameHint: 'Empty: the address of the mailbox, as most providers have it.',
  password: 'Password',
  passwordHint: 'Kept encrypted, shown to these two servers alone, and never shown here again.',
  appPassword: (provider: string) =>
    `${provider} wants an app password here, made in the settings of the account there; the one of the web page is refused. It is kept encrypted and never shown here again.`,
  kept: 'One is kept, and it is not shown. It has to be entered again when a server, a port, the encryption, the user name or the authority changes.',
  ca: 'Certificate authority (PEM)',
  caToggle: 'The server has a certificate of an authority of its own',
  caHint:
    'That of the authority which signed the certificate of the server, or the server’s own that nobody signed. No private key.',
  wanting: {
    host: {
      imap: 'The name of the server, such as imap.example.com.',
      smtp: 'The name of the server, such as smtp.example.com.',
    },
    port: 'A number from 1 to 65535.',
    password: 'The password of the mailbox.',
  },
  tryIt: 'Try it',
  tryHint: 'Signs in at both servers. Nothing is sent, and nothing is kept.',
  trouble: {
    toSignIn: 'Connect it by signing in at Microsoft',
    certificate: (server: string) =>
      `Postkey cannot check the certificate that ${server} shows, and has told it nothing. Compare its fingerprint with whoever runs the server:`,
    command: 'Command that shows the certificate and its fingerprint (SHA-256)',
    authority:
      'If it is theirs, let them give you the certificate of their authority (PEM) and enter it above under “The server has a certificate of an authority of its own”. If the name is another one, correct the server above.',
  },

  section: {
    title: 'Mail servers',
    in: 'Mail in',
    out: 'Mail out',
    userName: 'User name',
    password: 'Password',
    passwordKept: 'kept encrypted; it is never shown',
    ca: 'Authority of its own',
    caGiven: 'yes',
    at: (host: string, port: number, way: string) => `${host}:${port}, ${way}`,
    waysShort: { implicit: 'TLS', starttls: 'STARTTLS', none: 'not encrypted' },
    change: 'Change servers or password',
    changeTitle: (address: string) => `Servers and password of ${address}`,
    changeSentence: 'Tried at both servers first. If they refuse it, nothing is changed, and you see why.',
    save: 'Try and save',
    saved: 'The servers and the password are saved',
  },
}
