import type { Places } from './places.ts'

/** Text that the terminal shows after the start. */
export function startedBlock(started: {
  address: string
  firstAdminLink: string | undefined
  places: Places
  /** The PostgreSQL in the data folder; `undefined` with `DATABASE_URL`. */
  database: { version: string; binFolder: string | undefined } | undefined
  logFile: string
  sandboxBlock: string | undefined
  /** Message about the build of the web UI, if there is one. */
  webUi: string | undefined
}): string {
  const { address, firstAdminLink, places, database, logFile, sandboxBlock, webUi } = started
  const lines = [
    '',
    '  Postkey',
    '',
    `  Address             ${address}`,
    firstAdminLink && `  First admin         ${firstAdminLink}   valid for a day`,
    `  Data                ${places.dataFolder}   save this folder`,
    places.keyFile &&
      `  Key                 ${places.keyFile}   keep a copy elsewhere: without it the data opens nothing`,
    `  Database            ${databaseText(database)}`,
    `  Log                 ${logFile}`,
    webUi && `  Web UI              ${webUi}`,
    sandboxBlock === undefined ? '\n  Ctrl-C ends it.\n' : sandboxBlock.trimEnd(),
    '',
  ]
  return lines.filter((line) => line !== undefined).join('\n')
}

function databaseText(database: Parameters<typeof startedBlock>[0]['database']): string {
  if (!database) return 'the one of DATABASE_URL'
  const { version, binFolder } = database
  const programs = binFolder === undefined ? 'built-in' : `${binFolder}, because of POSTKEY_POSTGRES_BIN`
  return `PostgreSQL ${version} in the data folder (${programs})`
}
