/** Texts of responses to invalid requests, and of the page about a proxy that changes the host. */
export const TEXTS = {
  // Expected value of an invalid field, and its fix.
  email: 'an email address, such as support@contoso.com',
  uuid: 'an ID returned by this API (UUID)',
  datetime: 'a time in ISO 8601 with zone, such as 2026-03-29T01:30:00Z',
  url: 'an absolute URL that starts with https://',
  base64: 'base64',
  otherFormat: 'another format',
  otherValue: 'another value',
  ofType: '{article} {type}',
  useType: 'Send {field} with a value of this type.',
  atLeast: 'at least {size}',
  atMost: 'at most {size}',
  makeLonger: 'Make {field} longer.',
  makeShorter: 'Make {field} shorter.',
  increase: 'Increase {field}.',
  reduce: 'Reduce {field}.',
  correct: 'Correct {field}.',
  oneOf: 'one of {values}',
  useOneOf: 'Use one of these values for {field}.',
  noField: 'no field {names}',
  removeField: 'Remove it, or look up its correct name in openapi.json.',
  characters: '{count} characters',
  entries: '{count} entries',

  // Expected values of single fields.
  oneLine: 'one line without control characters',
  shownLine: 'one line without control characters, line separators and controls of direction',
  sixDigits: 'six digits',
  allMailboxes: '"all", because scopes of admins reach every mailbox',
  language: 'a language tag, such as en-US',
  timeZone: 'a time zone, such as Europe/Paris',
  timeOfDay: 'a time of day, such as 09:00',
  mediaType: 'a media type, such as application/pdf',
  dayOrPeriod: 'either a day, or a time by `from` and `to`',
  shortPeriod: 'later than `from`, by 31 days at most',
  hostName: 'a host name or an address, without anything around it',
  onePrincipal: 'give one of grantId, applicationOf and servers',
  serversWithPassword: 'servers and password belong together',
  accountKey: 'one to five letters and digits',
  authServId: 'a server as it names itself before the first semicolon of Authentication-Results',
  grantOrApplication: 'give either grantId or application',
  idsOrView: 'give either ids or view',
  notWithBefore: 'not with before',
  printable: '1 to 200 printable characters',

  // Pages to print.
  noSubject: '(no subject)',
  printFrom: 'From',
  printTo: 'To',
  printCc: 'Cc',
  printDate: 'Date',
  printSubject: 'Subject',
  printAttachments: 'Attachments',
  printCut: 'Only the newest messages are on this page.',

  // Exported conversations.
  notArchivedName: 'Missing messages.txt',
  notArchived:
    'These messages are not in this file: the mail server no longer has them, or the file would be too large.',
  archiveCut: 'Only the newest messages of the conversation are in this file.',

  // Requests that fail before any route.
  knownPath: 'a path listed in openapi.json',
  correctPath: 'Correct the path.',
  sendJson: 'Send the body as JSON, with this content type.',
  wellFormed: 'well-formed JSON',
  sendOneValue: 'Send one JSON value with the correct Content-Length.',
  smallHeaders: 'headers of at most 16 KB together',
  sendFewerHeaders: 'Send fewer headers.',
  wholeRequest: 'a whole request within 60 seconds',
  sendAgain: 'Send it again.',
  http11: 'a request of HTTP/1.1',
  useHttp11: 'Send it with a client of HTTP/1.1.',

  // Response of Microsoft behind an error.
  upstreamSaid: 'The other side said: {answer}.',
  httpStatus: 'HTTP status {status}',
  correlationId: 'correlation id {id}',

  // Page about a proxy that changes the host.
  proxyChangesHost: 'The proxy sent {received}. Postkey expects {expected}, from PUBLIC_URL.',
  hostHeader: 'Host: {host}',
  received: 'Received',
  expected: 'Expected',
  publicUrl: 'PUBLIC_URL',
  code: 'Code',
} as const
