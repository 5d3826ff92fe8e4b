import type { Places } from './places.ts'

/** Text that the terminal shows after the start. */
export function startedBlock(started: {
  address: string
  firstAdminLink: string | undefined
  places: Places
  ownDatabase: boolean
  logFile: string
  sandboxBlock: string | undefined
  /** Message about the build of the web UI, if there is one. */
  webUi: string | undefined
}): string {
  const { address, firstAdminLink, places, ownDatabase, logFile, sandboxBlock, webUi } = started
  const lines = [
    '',
    '  Postkey',
    '',
    `  Address             ${address}`,
    firstAdminLink && `  First admin         ${firstAdminLink}   valid for a day`,
    `  Data                ${places.dataFolder}   save this folder`,
    places.keyFile &&
      `  Key                 ${places.keyFile}   keep a copy elsewhere: without it the data opens nothing`,
    `  Database            ${ownDatabase ? 'PostgreSQL in the data folder' : 'the one of DATABASE_URL'}`,
    `  Log                 ${logFile}`,
    webUi && `  Web UI              ${webUi}`,
    sandboxBlock === undefined ? '\n  Ctrl-C ends it.\n' : sandboxBlock.trimEnd(),
    '',
  ]
  return lines.filter((line) => line !== undefined).join('\n')
}
