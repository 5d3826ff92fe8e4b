/**
 * Import law: rooms that each room may import. A room is a folder under `src`, imported through its `index.ts`.
 *
 * A row may name only rows above it. The order of the rows is therefore an order in which the code can be understood,
 * and a cycle cannot be written down.
 */
export interface Law {
  /**
   * Folder of the rooms, relative to the repository. The folder `test` next to it contains fakes and harnesses: those
   * of each room under the room's name, those of all rooms in `kit`. Only tests may import them.
   */
  src: string
  rooms: Readonly<Record<string, readonly string[]>>
  /** Outermost rooms, which may import every other room through its `index.ts`. */
  street: readonly string[]
  /** Sets of single files without an `index.ts`. */
  withoutDoor: readonly string[]
  /** Texts, such as the address of an endpoint, that only one room may contain. Tests may use them. */
  reserved?: Readonly<Record<string, readonly string[]>>
  /** Files that only rooms may import, as paths below `src`: a room starts and stops its own recurring work. */
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
    idempotency: ['kernel', 'database'],
    events: ['kernel', 'mail', 'database'],
    audit: ['kernel', 'database'],
    epoch: ['kernel', 'database', 'events'],
    webhooks: ['kernel', 'database', 'events', 'audit'],
    alerts: ['kernel', 'mail', 'database', 'events', 'audit', 'webhooks'],
    incidents: ['kernel', 'error-map', 'database', 'events', 'alerts'],
    'disk-space': ['kernel', 'database', 'incidents'],
    servers: ['kernel', 'database', 'incidents'],
    backup: ['kernel', 'database', 'audit', 'epoch', 'incidents'],
    transports: ['kernel', 'mail', 'mime'],
    'cloud-providers': ['kernel', 'database', 'events', 'audit'],
    tokens: ['kernel', 'database', 'events', 'audit', 'cloud-providers'],
    // A second mail service would be a row like this one.
    'transports/microsoft': ['kernel', 'mail', 'transports', 'cloud-providers', 'tokens'],
    people: ['kernel', 'database', 'audit'],
    'identity-providers': ['kernel', 'database', 'audit', 'cloud-providers', 'tokens', 'people'],
    'email-accounts': ['kernel', 'database', 'events', 'audit', 'mail', 'transports', 'cloud-providers'],
    principals: ['kernel', 'database', 'events', 'audit', 'transports', 'cloud-providers', 'tokens', 'email-accounts'],
    'account-batches': [
      'kernel',
      'database',
      'events',
      'audit',
      'transports',
      'cloud-providers',
      'tokens',
      'email-accounts',
    ],
    'connect-sessions': [
      'kernel',
      'database',
      'events',
      'audit',
      'transports',
      'cloud-providers',
      'tokens',
      'email-accounts',
    ],
    conversations: ['kernel', 'database', 'events', 'audit', 'mail', 'people'],
    writing: ['kernel', 'database', 'events', 'mail'],
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
    'account-actions': [
      'kernel',
      'database',
      'events',
      'audit',
      'mail',
      'transports',
      'email-accounts',
      'conversations',
    ],
    notifications: ['kernel', 'database', 'events', 'mail', 'people', 'email-accounts', 'conversations', 'submission'],
    'account-health': ['kernel', 'database', 'events', 'email-accounts', 'conversations', 'submission'],
    retention: [
      'kernel',
      'database',
      'events',
      'audit',
      'webhooks',
      'alerts',
      'incidents',
      'tokens',
      'people',
      'email-accounts',
      'conversations',
      'writing',
      'submission',
      'account-actions',
      'notifications',
      'idempotency',
    ],
    doctor: [
      'kernel',
      'database',
      'audit',
      'backup',
      'error-map',
      'transports',
      'cloud-providers',
      'tokens',
      'email-accounts',
    ],
  },
  street: ['http', 'cli'],
  withoutDoor: ['kernel'],
  reserved: { tokens: ['/oauth2/v2.0/token', '/oauth2/v2.0/devicecode', 'grant_type'] },
  forRooms: ['kernel/ticker.ts'],
  wrapper: { folder: 'server/rehearsal', words: ['rehears', 'chaos', 'POSTKEY_CLOCK'] },
}

/** A row with a slash is a room inside another folder: one topic for readers, several rooms in code. */
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
 * Workspaces that each workspace may import. The sandbox shares no code with the server, so that one mistake can't hide
 * on both sides of a test. `web` uses the server only through the client generated from its OpenAPI document.
 */
export const WORKSPACES: Readonly<Record<string, readonly string[]>> = {
  // Real mail servers, started by tests. In the server, only tests and the test kit may import them.
  'mail-servers': [],
  server: ['mail-servers'],
  web: [],
  sandbox: [],
  client: [],
  // Only tests import the client, to compare it with the server.
  scripts: ['server', 'client', 'mail-servers'],
  // Only proofs/race and proofs/webhooks import the server; the others start it as a program.
  proofs: ['server', 'sandbox', 'scripts', 'mail-servers'],
  e2e: ['proofs', 'sandbox', 'scripts', 'mail-servers'],
  bench: ['proofs', 'server', 'sandbox', 'scripts', 'mail-servers'],
}
