/**
 * The import law: which room may look into which. A room is a folder under `src`, entered through its `index.ts`.
 *
 * Read each list from the top: a row may only name rooms above it, so the order of the rows is the order in which
 * the code can be understood, and a cycle cannot be written down.
 */
export interface Law {
  /**
   * The folder whose rooms these are, from the top of the repository. `test` beside it holds the fakes and harnesses of each
   * room under the same name, and those of all rooms in `kit`; only tests may import them.
   */
  src: string
  rooms: Readonly<Record<string, readonly string[]>>
  /** Rooms that stand at the street and may enter every other, by the front door. */
  street: readonly string[]
  /** Sets of single files, which have no front door. */
  withoutDoor: readonly string[]
  /** Texts, such as the address of an endpoint, that only one room may contain. Tests may use them. */
  reserved?: Readonly<Record<string, readonly string[]>>
  /** Files that only rooms may import, by path from `src`: a room starts and stops its own recurring work. */
  forRooms?: readonly string[]
  /**
   * A folder around the composition root: it may enter every room. Only programs outside of `src`, and tests, may import it.
   * Code in `src` contains none of `words`, in any case.
   */
  wrapper?: { folder: string; words: readonly string[] }
}

export const SERVER: Law = {
  src: 'server/src',
  rooms: {
    errors: [],
    kernel: ['errors'],
    process: ['kernel'],
    'error-map': ['kernel'],
    mail: ['kernel'],
    mime: ['kernel', 'mail'],
    database: ['kernel'],
    events: ['kernel', 'mail', 'database'],
    audit: ['kernel', 'database'],
    epoch: ['kernel', 'database'],
    alerts: ['kernel', 'mail', 'database', 'events', 'audit'],
    incidents: ['kernel', 'error-map', 'database', 'events', 'alerts'],
    'disk-space': ['kernel', 'database', 'events', 'incidents'],
    servers: ['kernel', 'database', 'incidents'],
    transports: ['kernel', 'mail', 'mime'],
    'cloud-providers': ['kernel', 'database', 'events', 'audit'],
    tokens: ['kernel', 'database', 'events', 'audit', 'cloud-providers'],
    // A second mail service is a row like this one.
    'transports/microsoft': ['kernel', 'mail', 'transports', 'cloud-providers', 'tokens'],
    people: ['kernel', 'database', 'audit'],
    'email-accounts': ['kernel', 'database', 'events', 'audit', 'mail', 'transports', 'cloud-providers'],
    principals: ['kernel', 'database', 'events', 'audit', 'transports', 'cloud-providers', 'tokens', 'email-accounts'],
    conversations: ['kernel', 'database', 'events', 'audit', 'mail', 'people'],
    sync: ['kernel', 'database', 'events', 'mail', 'transports', 'email-accounts', 'conversations'],
    submission: [
      'kernel',
      'database',
      'epoch',
      'events',
      'audit',
      'mail',
      'transports',
      'email-accounts',
      'conversations',
    ],
    'account-health': ['kernel', 'database', 'events', 'email-accounts', 'conversations', 'submission'],
    retention: ['kernel', 'database', 'events'],
    doctor: ['kernel', 'database', 'error-map', 'transports', 'cloud-providers', 'tokens', 'email-accounts'],
  },
  street: ['http', 'cli'],
  withoutDoor: ['kernel'],
  reserved: { tokens: ['/oauth2/v2.0/token', '/oauth2/v2.0/devicecode', 'grant_type'] },
  forRooms: ['kernel/ticker.ts'],
  wrapper: { folder: 'server/rehearsal', words: ['rehears', 'chaos', 'POSTKEY_CLOCK'] },
}

/** A row with a slash is a room inside another folder: one thing to people, several in code. */
export const SANDBOX: Law = {
  src: 'sandbox/src',
  rooms: {
    kernel: [],
    tenants: ['kernel'],
    faults: ['kernel', 'tenants'],
    'entra-id': ['kernel', 'tenants', 'faults'],
    'exchange-online/mime': [],
    'exchange-online/mail-store': ['kernel', 'tenants', 'exchange-online/mime'],
    'exchange-online/transport': ['kernel', 'tenants', 'exchange-online/mail-store'],
    'exchange-online/graph': [
      'kernel',
      'tenants',
      'faults',
      'entra-id',
      'exchange-online/mime',
      'exchange-online/mail-store',
      'exchange-online/transport',
    ],
    'exchange-online/imap': [
      'kernel',
      'tenants',
      'faults',
      'entra-id',
      'exchange-online/mime',
      'exchange-online/mail-store',
    ],
    'exchange-online/smtp': [
      'kernel',
      'tenants',
      'faults',
      'entra-id',
      'exchange-online/mime',
      'exchange-online/mail-store',
      'exchange-online/transport',
    ],
    outside: ['kernel', 'tenants', 'exchange-online/mime', 'exchange-online/transport'],
    portal: ['kernel', 'tenants', 'exchange-online/graph'],
    'control-panel': ['kernel', 'tenants', 'faults', 'entra-id', 'outside'],
  },
  street: [],
  withoutDoor: ['kernel'],
}

/**
 * Which workspace may import from which. The sandbox shares no line with the server, so that a mistake made once is
 * not made on both sides of a test; `web` knows the server only by the client generated from its OpenAPI document.
 */
export const WORKSPACES: Readonly<Record<string, readonly string[]>> = {
  // Real mail servers, started by tests. Of the server only tests and the test kit may come in.
  'mail-servers': [],
  server: ['mail-servers'],
  web: [],
  sandbox: [],
  scripts: ['server', 'mail-servers'],
  // Only proofs/race enters the server; the others start it as a program.
  proofs: ['server', 'sandbox', 'scripts', 'mail-servers'],
  e2e: ['proofs', 'sandbox', 'scripts', 'mail-servers'],
  bench: ['proofs', 'server', 'sandbox', 'scripts', 'mail-servers'],
}
