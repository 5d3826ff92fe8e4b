/** Texts of the commands at the terminal. Names of commands and options are not translated. */
export const TEXTS = {
  // Help.
  commands: 'Usage: npm run postkey -- <command> [options]',
  command: 'Usage: npm run postkey -- {usage} [--json]',
  jsonOption: 'one JSON object on standard output, also for errors',
  helpOption: 'help for a command',
  installation: 'Uses the installation of npm start in this folder, or the one in the environment of npm run serve.',
  exitCodes: 'Exit codes: 0 no problems, 1 problems found, 2 unknown command, 3 the command failed.',

  // Errors of a command line.
  unknownVerb: 'There is no verb "{name}".',
  wordTooMany: '"{word}" is one word too many.',
  wrongUse: 'postkey {usage}: {reason}',

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

  keysSentence: 'Re-encrypts stored secrets with the newest key, prints a new key, or gives up a lost key.',
  keysRotate:
    'rotate: first add a new key at the top of the key file of every server and restart them. Servers keep running.',
  keysRotated:
    'Lists the old keys that you can remove from the file afterwards. If interrupted, run it again to continue.',
  keysMake: 'make: prints a new line for the key file. Changes nothing.',
  keysGiveUp:
    'give-up: for a key that no backup contains. Data encrypted with it is lost: users sign in again, and admins enter',
  keysGiveUpLimit: 'each secret again. Nothing else changes.',
  keysWrongUse: 'postkey keys: say "rotate", "make", or "give-up" and the id of a key.',
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
