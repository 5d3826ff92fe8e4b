/** Test kit: a separate real database for each test, and the sandbox as Microsoft 365. Only tests may import it. */
export { testDatabase, type TestDatabase } from './test-database.ts'
export { countQueued } from '../../src/submission/index.ts'
export { countUnread, createSyncStates } from '../../src/sync/index.ts'
export { countStatements } from './count-statements.ts'
export { takeSnapshot, type DatabaseSnapshot } from './database-snapshot.ts'
export { createTestClock, type TestClock } from './test-clock.ts'
export { createTestAlerts } from './test-alerts.ts'
export { createTestIncidents } from './test-incidents.ts'
export { ask, createEmptyDatabase, withClient, type EmptyDatabase } from './empty-database.ts'
export { checksums } from './checksums.ts'
export { createSoftwareAuthenticator, type Ceremony } from './software-authenticator.ts'
export { testKeyRing, testSeals } from './seals.ts'
export { silentLog } from './silent-log.ts'
export { startOwnPostgres, type OwnPostgres } from './own-postgres.ts'
export { startSilentProxy, type SilentProxy } from './silent-proxy.ts'
export {
  CONTOSO,
  FABRIKAM,
  openSandboxDirectory,
  type RegisteredApplication,
  type SandboxDirectory,
} from './sandbox-directory.ts'
export { type Conduct, createSandboxPerson, PASSWORD, type SandboxPerson } from './sandbox-people.ts'
export { type SandboxProcess, startSandboxProcess } from './sandbox-process.ts'
export { startOidcIssuer, type OidcIssuer, type OidcUser } from './oidc-issuer.ts'
export { startStrictAuthorizationServer, type StrictAuthorizationServer } from './strict-authorization-server.ts'
export { type EmailAccountsForTest, emailAccountsForTest, type SentRequest } from './sandbox-accounts.ts'
export { atTheSameMoment, waitingFor } from './held-locks.ts'
export { createLockQueue } from './lock-queue.ts'
export { storeWaitingAction } from './waiting-action.ts'
export { createWebhookStage, DAY_MS, MINUTE_MS } from './webhook-stage.ts'
export { WAIT } from './wait.ts'
export {
  storeEmailAccount,
  type StoredEmailAccount,
  storeFolder,
  storeGrant,
  type StoredGrant,
} from './stored-email-account.ts'
export { readGrantId } from './grant-id.ts'
export { consentToAll, EXCHANGE_APP_ID, giveFullAccess, letInto } from './application-rights.ts'
export { customerMessage } from './customer-message.ts'
export {
  TEST_SESSION_SECRET,
  createTestApp,
  TEST_PASSWORD,
  type Answer,
  type ShownBy,
  type TestApp,
} from './test-app.ts'
export { type Begun, type Cookies, readCookie, createConnectingStage, type WantedSignIn } from './connecting-stage.ts'
export { createSignInStage, credentialTrialFor } from './sign-in-stage.ts'
export { UGLY_MAIL, type UglyMessage } from './ugly-mail/index.ts'
export { mailParser } from './mail-parser.ts'
export { startScriptedServer, type ScriptedMessage, type ScriptedServer } from './scripted-imap-server.ts'
export { measureGrowth, leastCpuMs, LINEAR } from './growth.ts'
export { IMAP_SERVERS, MAIL_SERVER_PAIRS, type ImapServerKind, type MailServerPair } from './real-mail-servers.ts'
export { changed, constant, hasPromtool, promtool, promtoolTest, readSamples, type Samples } from './promtool.ts'
export { readZip } from './read-zip.ts'
export { storeIdentityProvider, storeLinkedIdentity } from './identity-providers.ts'
export { createBatchStage, type BatchOfTest, type RowOfTest } from './batch-stage.ts'
