import type { Entries } from './error-entry.ts'

/** Errors of the configuration, the disk, the servers and the terminal. */
export const INSTALLATION = {
  'installation.database_away': {
    title: 'The database did not answer for a while',
    fix: 'Postkey continued by itself. If it happens often, look at the log of PostgreSQL, at its host and at the network between.',
    remedy: 'wait',
    scope: 'installation',
    status: 503,
    submission: 'wait',
  },
  'installation.server_vanished': {
    title: 'A server of Postkey ended without stopping',
    fix: 'It was killed or lost its host; its work was continued by its restart or by another server. If it happens often, look at the memory of the host and at the end of the log of the server.',
    remedy: 'wait',
    scope: 'installation',
    status: 503,
    submission: 'wait',
  },
  'config.faulty': {
    title: 'The configuration has faults',
    fix: 'Correct the environment variables that are listed with this error and start again.',
    remedy: 'admin',
    scope: 'installation',
    status: 409,
    submission: 'fail',
  },
  'config.port_taken': {
    title: 'The port of Postkey is taken by another program',
    fix: 'Stop that program, perhaps another Postkey, or set PORT and register redirect URIs with the new port.',
    remedy: 'admin',
    scope: 'installation',
    status: 409,
    submission: 'fail',
  },
  'config.clock_moved': {
    title: 'The clock of the sandbox is moved, and Postkey follows it',
    fix: 'Real sign-ins would look ended before they are. Start with "npm start -- --without-sandbox" and a data folder of its own in POSTKEY_DATA, and create the Cloud Provider there. Everything in the sandbox stays here.',
    remedy: 'admin',
    scope: 'installation',
    status: 409,
    submission: 'fail',
  },
  'disk_space.low': {
    title: 'Disk space on the server is low',
    fix: 'Free disk space on the server, or enlarge the disk. Everything accepted before is kept and sent, and drafts stay saved. Postkey accepts new messages by itself once there is space.',
    remedy: 'admin',
    scope: 'installation',
    status: 507,
    submission: 'wait',
  },
  'cli.usage': {
    title: 'The command is not one that Postkey knows',
    fix: 'Type "npm run postkey -- --help" for the list. Nothing was changed.',
    remedy: 'admin',
    scope: 'request',
    status: 409,
    submission: 'fail',
  },
} as const satisfies Entries<'installation' | 'config' | 'disk_space' | 'cli'>
