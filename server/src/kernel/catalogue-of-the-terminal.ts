import type { CatalogueEntry } from './errors.ts'

/** What a command at the terminal may meet before it gets to work. Part of the catalogue in `errors.ts`, which says what a code promises. */
export const AT_THE_TERMINAL = {
  'cli.usage': {
    title: 'The command is not one that Postkey knows',
    remedy: 'admin',
    fix: 'Type "npm run postkey -- --help" for the list. Nothing was changed.',
  },
  'database.not_found_in_folder': {
    title: 'There is no database of Postkey in the data folder',
    remedy: 'admin',
    fix: 'Name the folder of your installation with POSTKEY_DATA, or start Postkey there once with npm start. For an own PostgreSQL set DATABASE_URL as for npm run serve.',
  },
  'database.older_than_code': {
    title: 'The database is of an older version of Postkey than this command',
    remedy: 'admin',
    fix: 'Start this version of Postkey once, which brings the database up to it, then give the command again. Nothing was changed.',
  },
} as const satisfies Record<string, CatalogueEntry>
