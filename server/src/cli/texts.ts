/** Texts of the commands at the terminal. Names of commands and options are not translated. */
export const TEXTS = {
  // Help.
  commands: 'Usage: {program} <command> [options]',
  command: 'Usage: {program} {usage} [options]',
  helpSentence: 'Prints the help of all commands, or of one.',
  shape: 'Output with --json: {shape}',
  jsonOption: 'one JSON object on standard output, also for errors',
  helpOption: 'help for a command',
  ofCheckout: 'Uses the installation of npm start in this folder, or the one in the environment of npm run serve.',
  ofRelease: 'Uses the installation in the environment: the same variables as for the server.',
  exitCodes: 'Exit codes: 0 no problems, 1 problems found, 2 wrong usage, 3 the command failed.',

  // Errors of a command line.
  unknownVerb: 'There is no command "{name}".',
  unknownVerbOfGroup: 'There is no command "{name}". There are: {known}.',
  wordMissing: '{name} is missing.',
  wordUnknown: '"{word}" is none of: {known}.',
  wordTooMany: '"{word}" is one word too many.',
  wrongUse: 'postkey {usage}: {reason}',

  serveSentence: 'Starts the server, configured by its environment.',
  serveDetails: 'Ends with SIGTERM within ten seconds. The log goes to standard output.',

  versionSentence: 'Prints the version of Postkey.',
  versionDetails: 'The same as --version.',

  statusSentence: 'Lists Cloud Providers and Email Accounts with their state, the reason and who can fix it.',
  statusDetails: 'Reads stored states without network requests. The exit code is 1 if one needs attention.',
  nothingYet: 'No Cloud Providers and no Email Accounts yet.',
  stateSince: '{state}  {name}, since {since}',
  stateReason: '{title}. {fix} ({code})',

  doctorSentence:
    'Checks each part between this server and the mailboxes, and reports problems, who can fix them and how.',
  doctorAccount: 'The account is an address, a key or an ID. Without it: the installation and every Cloud Provider.',
  doctorExitCode: 'Changes nothing. The exit code is 1 if a check fails.',
  sendTestOption: 'send a test email from the mailbox to itself, to check Send As',
  addressesOption: 'print full addresses',

  keysRotateSentence: 'Re-encrypts stored secrets with the newest key of the key file.',
  keysRotate: 'First add a new key at the top of the key file of every server and restart them. Servers keep running.',
  keysRotated:
    'Lists the old keys that you can remove from the file afterwards. If interrupted, run it again to continue.',
  keysMakeSentence: 'Prints a new line for the key file. Changes nothing.',
  keysMake: 'The line is a secret.',
  keysGiveUpSentence: 'Gives up a key that no backup contains. Data encrypted with it is lost.',
  keysGiveUp: 'Users sign in again, and admins enter each secret again. Nothing else changes.',
  tableRotated: '{table}: {count} re-encrypted',
  givenUp: 'Key {key} is given up. Start Postkey: it lists the sign-ins and secrets that must be entered again.',
  allCurrent: 'All secrets are already encrypted with {key}.',
  rotated: '{count} rows re-encrypted with {key}.',
  unreadable: '{table}: {count} can’t be decrypted with any key of the key file.',
  behind:
    '{count} rows were encrypted with an older key meanwhile: restart the servers with the new key file, and run this again.',
  canBeDropped: 'After every server has restarted with the new key file, you can remove these keys from it: {keys}.',
  stillNeeded: 'Still needed: {keys}.',
} as const
