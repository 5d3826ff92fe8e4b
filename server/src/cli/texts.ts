/** Texts of the commands at the terminal. Names of commands and options are not translated. */
export const TEXTS = {
  // Help.
  commands: 'Usage: {program} <command> [options]',
  command: 'Usage: {program} {usage} [options]',
  helpSentence: 'Prints the help of all commands, or of one.',
  completionSentence: 'Prints a completion script for a shell.',
  completionDetails:
    'It completes a command named postkey. Its first lines say where to load it. In a checkout, define an alias: alias postkey="npm run --silent postkey --".',
  shape: 'Output with --json: {shape}',
  jsonOption: 'one JSON object on standard output, also for errors',
  helpOption: 'help for a command',
  ofCheckout: 'Uses the installation of npm start in this folder, or the one in the environment of npm run serve.',
  ofRelease:
    'Uses the installation in the environment: the same variables as for the server. Without DATABASE_URL, that of "postkey start" in POSTKEY_DATA.',
  exitCodes: 'Exit codes: 0 no problems, 1 problems found, 2 wrong usage, 3 the command failed.',

  // Errors of a command line.
  secretUnread: 'Standard output was closed before the secret was read. Run the command again.',
  unknownVerb: 'There is no command "{name}".',
  unknownVerbOfGroup: 'There is no command "{name}". There are: {known}.',
  wordMissing: '{name} is missing.',
  wordUnknown: '"{word}" is not one of: {known}.',
  wordTooMany: 'Unexpected argument "{word}".',
  wrongUse: 'postkey {usage}: {reason}',

  serveSentence: 'Starts the server, configured by its environment.',
  serveDetails: 'Ends with SIGTERM within ten seconds, plus POSTKEY_DRAIN_SECONDS. The log goes to standard output.',
  startSentence: 'Starts the server with a PostgreSQL of its own in POSTKEY_DATA, for a trial.',
  startDetails:
    'Needs POSTKEY_DATA, POSTKEY_KEY_FILE outside of that folder, and the PostgreSQL of the image. PUBLIC_URL is http://localhost:<PORT> unless it is set.',
  startCommands:
    'Other commands with the same variables use this PostgreSQL. To move to another one, back up and restore.',
  serveExitCodes:
    'The exit code is 3 if it can’t start or stop, and 70 after an unexpected error, which is in the log.',
  withoutJson: 'This command has no --json output.',

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
  doctorExitCode: 'Changes nothing, and sends mail only with --send-test. The exit code is 1 if a check fails.',
  sendTestOption: 'send a test email from the mailbox to itself, to check Send As',
  addressesOption: 'print full addresses',

  configCheckSentence: 'Checks the environment variables of the server, without starting it.',
  configCheckDetails:
    'Reads the environment of this shell and names each wrong variable with its fix. Values are not printed. The exit code is 1 if one is wrong.',
  configCheckAndDoctor: 'The doctor then checks whether the database, the keys and PUBLIC_URL work.',
  startOption: 'check for npm start, which needs none of the variables',
  faultOf: '{name} {fault}.',
  variableSet: 'set',
  variableDefault: 'default: {value}',
  variableUnset: 'not set',
  variableWrong: 'WRONG',

  supportBundleSentence: 'Writes a ZIP file for a bug report.',
  supportBundleContent:
    'It has versions, names of set variables, findings of the doctor, incidents, states of mailboxes, metrics, sizes and settings of the database, and the newest megabyte of the log.',
  supportBundleOmits:
    'It has no secrets and no mail. In findings and in the log, names of mailboxes, Cloud Providers and users, hosts and IP addresses are replaced, and email addresses abbreviated. If the installation can’t be opened, its names are unknown, and error messages of other programs are left out. A name of something else can remain: look through it before you send it.',
  supportBundleExitCode:
    'Works while the server or the database is down. The exit code is 1 if a part is missing: it is named, with the reason.',
  logOption: 'log of the server; by default LOG_FILE, or the one of npm start',
  logElsewhere:
    'The log goes to standard output. Save it, such as by journalctl -u postkey -n 5000 -o cat, and name the file with --log',
  supportBundleWritten: 'The bundle is in {path} ({size}). Look through it before you send it.',
  supportBundleMissing: 'Missing: {name}. {reason}',
  supportBundleReadme:
    'Support bundle of Postkey. Known names, hosts and IP addresses are replaced, email addresses abbreviated; secrets and mail are left out.',

  keysRotateSentence: 'Re-encrypts stored secrets with the newest key of the key file.',
  keysRotate: 'First add a new key at the top of the key file of every server and restart them. Servers keep running.',
  keysRotated:
    'Lists the old keys that you can remove from the file afterwards. If interrupted, run it again to continue.',
  keysMakeSentence: 'Prints a new line for the key file. Changes nothing.',
  keysMake: 'The line is a secret.',
  keysGiveUpSentence: 'Gives up a key that no backup contains. Data encrypted with it is lost.',
  keysGiveUp:
    'Users sign in again, and admins enter each secret again. Mail of erased people is imported again: the erasures to repeat are listed.',
  tableRotated: '{table}: {count} re-encrypted',
  givenUp: 'Key {key} is given up. Start Postkey: it lists the sign-ins and secrets that must be entered again.',
  erasuresToRepeat:
    'Mail of erased people is imported again: once Postkey has started, erase these people again. Erasures:\n{erasures}',
  allCurrent: 'All secrets are already encrypted with {key}.',
  rotated: '{count} rows re-encrypted with {key}.',
  unreadable: '{table}: {count} can’t be decrypted with any key of the key file.',
  behind:
    '{count} rows were encrypted with an older key meanwhile: restart the servers with the new key file, and run this again.',
  canBeDropped: 'After every server has restarted with the new key file, you can remove these keys from it: {keys}.',
  stillNeeded: 'Still needed: {keys}.',

  // Backups.
  backupSentence: 'Writes the whole database to a compressed file.',
  backupWhileRunning:
    'Servers keep running. The file has the rows of one moment, and restores into any PostgreSQL from 15 on.',
  backupFolder: 'In a folder, the name of the file is the time. It appears when it is complete.',
  backupWithoutKey:
    'It has all mail, so only its owner may read it. It never includes the key file: save that elsewhere.',
  recipientOption:
    'encrypt to public keys of age (age1…), separated by commas, instead of those of POSTKEY_BACKUP_RECIPIENTS; only their identities can read the file',
  backedUp: '{path}: {size} with {rows} rows ({data}) of {tables} tables.',
  keepKey: 'The key file is not included. Keep a copy of it in another place.',
  backupNotRecorded:
    'The backup is complete, but the database has no record of it, so its age is not watched: {reason}',
  supportBundleNotRecorded: 'The support bundle is complete, but the audit list has no entry of it: {reason}',
  backupVerifySentence: 'Reads a backup to its end and compares all checksums.',
  backupVerifyDetails: 'Needs no database and not the key file; an encrypted backup needs its private key.',
  verified: 'Complete and unaltered: {rows} rows ({data}) of {tables} tables, from {at}, by Postkey {version}.',
  identityOption: 'file with the private key of an encrypted backup, as age-keygen writes it',
  restoreSentence: 'Restores a backup into an empty database, and upgrades it to this version.',
  restoreTarget:
    'The database is that of DATABASE_URL. In a checkout without it, the data folder is created if it is missing.',
  restoreUpgrade: 'The backup may be from an older version of Postkey and from another version of PostgreSQL.',
  restoreWhole:
    'Stop Postkey first. The file is verified before anything is changed. After an error while loading, the database is as before.',
  restoreHeld: 'Afterward, Postkey holds messages that may have been sent already, until an admin decides.',
  overwriteOption: 'delete the data of the database first',
  restored: 'Restored {rows} rows ({data}) of {tables} tables, from {at}, by Postkey {version}.',
  restoreSkipped: 'Left out, because Postkey has no such tables: {tables}.',
  restoreMigrated: 'Upgraded to {last}.',
  restoreNotAnalyzed:
    'PostgreSQL has not collected its statistics yet. It does so by itself; until then, Postkey may be slow.',
  afterRestore:
    'Start Postkey with the key file of that time. Messages that may have been sent already are held: open Incidents, Restored backup.',
  steps: { backup: 'Backup', verify: 'Verifying', load: 'Loading', index: 'Creating indexes', analyze: 'Statistics' },
  timeLeft: ', about {time} left',

  // People.
  userListSentence: 'Lists users and pending invitations.',
  allMailboxes: 'all',
  invited: 'invited',
  noUsers: 'No users yet.',
  createAdminSentence: 'Prints a link with which a new admin chooses a password.',
  createAdminDetails: 'The user exists once the link is used. A second link for the same address replaces the first.',
  createAdminAgain: 'For an admin who forgot the password, use "user reset-password".',
  nameOption: 'name of the new admin; by default the part of the address before the @',
  notAnEmail: '"{word}" is not an email address.',
  notAName: 'The name needs 1 to 200 characters, without line breaks and control characters.',
  adminInvited: 'Link for the new admin {email}:',
  resetPasswordSentence: 'Prints a link with which a user chooses a new password, also for the last admin.',
  resetPasswordDetails: 'The link is recorded in the audit list. An earlier link for the same user ends.',
  resetPasswordSessions:
    'Creating the link ends the sessions of the user. The old password stays valid until the link is used.',
  resetFactorsSentence: 'Removes passkeys, authenticator app and recovery codes of a user, also of the last admin.',
  resetFactorsDetails:
    'For a user who lost them all. The sessions of the user end, and the password stays valid. Recorded in the audit list.',
  factorsReset: 'Passkeys and two-step sign-in of {name} ({email}) are reset. The password alone signs in now.',
  policyShowSentence: 'Shows how people may sign in to Postkey.',
  policySetSentence: 'Changes how people may sign in to Postkey.',
  policySetDetails: 'Works when no one can sign in. Several options can be combined. Recorded in the audit list.',
  onlyByProviderOption:
    'on: only Microsoft and OpenID providers open sessions, and other sessions end; needs a break-glass admin',
  secondFactorOption: 'people who need a second factor beside a password: no-one, admins or everyone',
  secondFactorFromOption:
    'when the second factor is required: now, or a time in the next 30 days such as 2026-12-01T09:00:00Z; by default at once for other people than before',
  timeUnknown: '"{word}" is neither "now" nor a time such as 2026-12-01T09:00:00Z.',
  breakGlassOption: 'email addresses of all break-glass admins, separated by commas, or none',
  breakGlassEmpty: '--break-glass needs email addresses, or "none".',
  policyNothingToSet:
    'Give at least one of --only-by-provider, --second-factor, --second-factor-from and --break-glass.',
  policyOnlyByProvider: 'Sign-in only by Microsoft or OpenID: {state}',
  policySecondFactor: 'Second factor required of: {who}',
  policyFrom: 'from {time}',
  policyAdminsFrom: 'admins from {time}',
  yes: 'yes',
  no: 'no',
  policyLockedOut: 'Can’t sign in, without a linked identity: {people}',
  policyWouldLockOut: 'Would be locked out if only providers were accepted: {people}',
  passwordReset: 'Link for a new password of {name} ({email}):',
  linkRules: 'Valid once, until {until}. Everyone who has the link can use it.',
  unknownPerson: 'No user has the email address {email}. "user list" shows all users.',

  // API keys.
  apiKeyListSentence: 'Lists API keys, including revoked ones, without their values.',
  noApiKeys: 'No API keys yet.',
  neverUsed: 'never',
  neverExpires: 'never',
  everyNetwork: 'all',
  apiKeyCreateSentence: 'Creates an API key for a program, and prints it once.',
  scopesAre: 'Scopes: {scopes}.',
  apiKeyBound:
    'The key never has more rights than its admin, and is revoked when that admin is removed or loses that role.',
  scopesOption: 'scopes of the key, separated by commas; required',
  emailAccountsOption: 'keys, addresses or IDs of its mailboxes, separated by commas; by default all, and future ones',
  expiresOption: 'lifetime of the key: {known}; by default {usual}',
  networksOption: 'addresses or networks from which the key is accepted, separated by commas; by default all',
  notANetwork: 'Instead of "{word}", use {expected}.',
  networksCount: '--networks needs 1 to {most} addresses or networks.',
  adminOption: 'admin of the key; may be left out if there is only one',
  scopesMissing: '--scopes is missing.',
  emailAccountsMissing: '--email-accounts names no mailbox.',
  scopesReachAll: 'Scopes of admins reach every mailbox: leave out --email-accounts.',
  notAnAdmin: '{email} is not an admin.',
  adminMissing: 'There are several admins: name one with --admin.',
  noAdmin: 'There is no admin yet. Create one with "user create-admin".',
  keyShownOnce: 'Store it now: only a hash is kept.',
  apiKeyRevokeSentence: 'Revokes an API key.',
  apiKeyRevokeDetails:
    'KEY is its ID or its beginning, as "api-key list" shows it. Open event streams end within seconds.',
  unknownApiKey: 'No valid API key has the ID or beginning {key}. "api-key list" shows all keys.',
  apiKeyRevoked: 'Revoked {name} ({prefix}…).',

  // Mailboxes and Cloud Providers.
  emailAccountListSentence: 'Lists Email Accounts with their state.',
  noEmailAccounts: 'No Email Accounts yet.',
  emailAccountShowSentence: 'Shows an Email Account with the reason of its state and its last capability check.',
  accountNames: 'ACCOUNT is an address, a key or an ID.',
  unknownAccount: 'No Email Account has the address, key or ID {name}. "email-account list" shows all.',
  emailAccountPauseSentence: 'Stops receiving and sending until the mailbox is resumed.',
  accountPaused: '{key} {address}: {state}.',
  emailAccountResumeSentence: 'Resumes receiving and sending.',
  accountResumed: '{key} {address}: {state}. A running server continues at once.',
  emailAccountCheckSentence: 'Repeats the capability check of an Email Account and stores the result.',
  checkAndDoctor: 'To look for a cause on the way to the mailbox, without storing anything, use "doctor".',
  checkExitCode: 'The exit code is 1 if a check fails.',
  connectSentence: 'Connects up to 500 mailboxes of a CSV file, and shows the progress.',
  connectFile:
    'FILE has one address per line, or a header with address, kind, name, key, contact, importDays. An export of Get-EXOMailbox works, too. Nothing is connected if a line is wrong.',
  connectAgain:
    'A running server goes on after Ctrl-C. Run the command again for failed mailboxes: connected ones are left alone.',
  connectExitCode: 'The exit code is 1 if a mailbox could not be connected.',
  connectProviderOption: 'name or ID of a Cloud Provider whose application opens the mailboxes',
  connectTenantOption: 'Directory (tenant) ID of the mailboxes; by default that of the registration',
  connectTenantWrong: '--tenant needs a Directory (tenant) ID, and --cloud-provider.',
  connectSignInOption: 'user whose sign-in opens the mailboxes, instead of --cloud-provider',
  connectKindOption: 'user or shared, for lines without a kind; by default shared',
  connectContactOption: 'contact for alerts, for lines without one; by default the mailbox itself',
  connectDaysOption: 'days of mail to import, for lines without their own; by default 30',
  connectDaysWrong: '--import-days needs a whole number from 0 to 3650.',
  connectOneOf: 'Name one of --cloud-provider and --sign-in.',
  connectNoSignIn: 'There is not exactly one sign-in of {name}. Its ID is at the end of its address in the web UI.',
  connectCount: 'Expected {expected}. {fix}',
  connectFault: 'Line {line}, {field}: expected {expected}. {fix}',
  connectCounts: '{connected} of {total} connected, {known} known before, {failed} failed, {left} left.',
  connectGoesOn: 'Batch {id} goes on with a running server.',
  byGrant: 'the sign-in of a user',
  byApplication: 'the application itself',
  byPassword: 'a password',
  checkOk: 'ok',
  checkWrong: 'WRONG',
  checkNotTried: 'not checked',
  cloudProviderListSentence: 'Lists Cloud Providers with their state and the expiry of their last credential.',
  noCloudProviders: 'No Cloud Providers yet.',
  cloudProviderShowSentence: 'Shows a Cloud Provider with its credentials, without secrets.',
  providerNames: 'PROVIDER is a name or an ID.',
  unknownProvider: 'No Cloud Provider has the name or ID {name}. "cloud-provider list" shows all.',
  severalProviders: 'Several Cloud Providers have the name {name}: use the ID.',
} as const

/** Labels of fields, in the texts of one object. */
export const FIELDS = {
  name: 'Name',
  key: 'Key',
  address: 'Address',
  kind: 'Kind',
  cloudProvider: 'Cloud Provider',
  openedBy: 'Access by',
  protocols: 'Receives, sends by',
  state: 'State',
  since: 'Since',
  completeUpTo: 'Complete up to',
  lastReceived: 'Last received',
  lastSent: 'Last sent',
  cloud: 'Cloud',
  tenantId: 'Tenant ID',
  clientId: 'Client ID',
  contact: 'Contact',
  deputy: 'Deputy',
  application: 'Application access',
  secret: 'Client secret',
  certificate: 'Certificate',
  expires: 'expires',
  id: 'ID',
} as const
