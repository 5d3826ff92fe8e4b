import type { Entries } from './error-entry.ts'

/** Errors of the configuration, the disk, the servers and the terminal. */
export const INSTALLATION = {
  'installation.database_away': {
    title: 'The database didn’t respond for a while',
    fix: 'Postkey continued automatically. If it happens often, check the PostgreSQL log, its host and the network in between.',
    remedy: 'wait',
    scope: 'installation',
    status: 503,
    submission: 'wait',
  },
  'installation.server_vanished': {
    title: 'A Postkey server ended unexpectedly',
    fix: 'The server was killed or lost its host. Its work was continued after its restart or by another server. If it happens often, check the memory of the host and the end of the server’s log.',
    remedy: 'wait',
    scope: 'installation',
    status: 503,
    submission: 'wait',
  },
  'config.faulty': {
    title: 'The configuration has errors',
    fix: 'Correct the environment variables listed with this error and restart Postkey.',
    remedy: 'admin',
    scope: 'installation',
    status: 409,
    submission: 'fail',
  },
  'config.port_taken': {
    title: 'Another program is using Postkey’s port',
    fix: 'Stop that program (it may be another Postkey), or set another PORT and register redirect URIs with it. For the port of METRICS_PORT, set another METRICS_PORT.',
    remedy: 'admin',
    scope: 'installation',
    status: 409,
    submission: 'fail',
  },
  'config.clock_moved': {
    title: 'The sandbox clock was changed, and Postkey follows it',
    fix: 'Real sign-ins would look ended before they are. Start with "npm start -- --without-sandbox" and a data folder of its own in POSTKEY_DATA, and create the Cloud Provider there. Everything in the sandbox stays here.',
    remedy: 'admin',
    scope: 'installation',
    status: 409,
    submission: 'fail',
  },
  'disk_space.low': {
    title: 'Disk space on the server is low',
    fix: 'Free disk space on the server, or enlarge the disk. Everything accepted before is kept and sent, and drafts stay saved. Postkey accepts new messages automatically once there is space.',
    remedy: 'admin',
    scope: 'installation',
    status: 507,
    submission: 'wait',
  },
  'cli.usage': {
    title: 'The command can’t be run as entered',
    fix: 'Add --help to see what the command expects, or enter --help alone for the list of commands. Nothing was changed.',
    remedy: 'admin',
    scope: 'request',
    status: 409,
    submission: 'fail',
  },
  'cli.stopped': {
    title: 'The command was stopped before its end',
    fix: 'Run it again. A stopped backup leaves no file, and a stopped restore leaves the database as it was.',
    remedy: 'admin',
    scope: 'request',
    status: 409,
    submission: 'fail',
  },
} as const satisfies Entries<'installation' | 'config' | 'disk_space' | 'cli'>
