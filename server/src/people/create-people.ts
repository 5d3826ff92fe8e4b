import type { Database } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import type { Log } from '../kernel/log.ts'
import type { Secret } from '../kernel/secret.ts'
import type { Ticker } from '../kernel/ticker.ts'
import { createApiKeys, type ApiKeys } from './api-keys.ts'
import { createAudit, type Audit } from '../audit/index.ts'
import { createAuthenticatorApps } from './factors/authenticator-apps.ts'
import { createFactors, type Factors } from './factors/factors.ts'
import { createFirstCodeCheck } from './factors/first-code-check.ts'
import { createFactorRules } from './factors/factor-rules.ts'
import { createPasskeyChallenges } from './factors/passkey-challenges.ts'
import { createPasskeyVerification } from './factors/passkey-verification.ts'
import { createPasskeys, type Passkeys } from './factors/passkeys.ts'
import { createPendingSignIns } from './factors/pending-sign-ins.ts'
import { createRecoveryCodes } from './factors/recovery-codes.ts'
import { createSecondStepCheck } from './factors/second-step-check.ts'
import { createConfirmations, type Confirmations } from './confirmations.ts'
import { createKeyNetworks } from './key-networks.ts'
import { createKnownDevices } from './known-devices.ts'
import { createPasswordChange } from './own-password.ts'
import { createPasswordCheck } from './password-check.ts'
import { createPasswordQueue } from './password-queue.ts'
import { createSignInLimits } from './sign-in-limits.ts'
import { createSignInLibrary } from './sign-in-library.ts'
import { createSignInRecords } from './sign-in-records.ts'
import { createPersonLinks, type PersonLinks } from './person-links.ts'
import { createPeopleList, passwordOf, type People } from './people.ts'
import { createKeepBreakGlass } from './policy/break-glass.ts'
import { createPolicyGate } from './policy/policy-gate.ts'
import { createFactorAnnouncements } from './policy/factor-announcements.ts'
import { createPolicyMail } from './policy/policy-mail.ts'
import { createSignInPolicy, type SignInPolicy } from './policy/sign-in-policy.ts'
import { createRefusedAccess, type NoteRefusedAccess } from './refused-access.ts'
import { createSecurityMail, type PersonalAlerts, type SecurityMail } from './security-mail.ts'
import { createSessionEnds } from './session-ends.ts'
import { createSessions, type Sessions } from './sessions.ts'
import { createStoredSessions } from './stored-sessions.ts'
import { createConnectRefusals } from './may-connect.ts'
import { createActorNames, createWebhookOwners } from './webhook-owners.ts'

export interface PeopleOptions {
  database: Database
  clock: Clock
  /** Clock of sessions, if another one. Beside a sandbox it is that of the machine, whose time can't be moved. */
  sessionClock?: Clock | undefined
  /** Public URL of this installation. Links start with it, and its protocol decides whether cookies are Secure. */
  publicUrl: URL
  /** Signs session cookies. It must be the same in every process; changing it signs all users out. */
  sessionSecret: Secret
  /** Encrypts the secrets of authenticator apps. */
  keyRing: KeyRing
  log: Log
  /** One of its own by default. */
  audit?: Audit
  /** Emails people about their accounts. Without it, no email is sent. */
  alerts?: PersonalAlerts
}

export interface PeopleRoom {
  people: People
  sessions: Sessions
  confirmations: Confirmations
  factors: Factors
  passkeys: Passkeys
  links: PersonLinks
  signInPolicy: SignInPolicy
  factorAnnouncements: Ticker
  apiKeys: ApiKeys
  /** Those of these actors that may have webhooks, with the mailboxes that they may read. */
  webhookOwners: ReturnType<typeof createWebhookOwners>
  connectRefusal: ReturnType<typeof createConnectRefusals>
  /** Names of these people and keys, also of former ones. */
  namesOfActors: ReturnType<typeof createActorNames>
  audit: Audit
  securityMail: SecurityMail
  noteRefusedAccess: NoteRefusedAccess
}

export function createPeople(options: PeopleOptions): PeopleRoom {
  const { database, clock, sessionClock = clock, publicUrl, sessionSecret, keyRing, log } = options
  const { audit = createAudit(database, clock), alerts = NO_ALERTS } = options
  const library = createSignInLibrary({ database, publicUrl, sessionSecret })
  const passwordQueue = createPasswordQueue()
  const ends = createSessionEnds({ database, audit })
  const policyMail = createPolicyMail({ clock: sessionClock, publicUrl, alerts })
  const keepBreakGlass = createKeepBreakGlass(audit, policyMail.breakGlassEnded)
  const people = createPeopleList({ database, clock, audit, ends, keepBreakGlass })
  const securityMail = createSecurityMail({ clock, publicUrl, alerts })
  const limits = createSignInLimits(database, sessionSecret)
  const stored = createStoredSessions({ database, clock: sessionClock, audit, ends, log })
  const knownDevices = createKnownDevices({
    ...{ clock, publicUrl, sessionSecret },
    credentialOf: async (email) => {
      const password = await passwordOf(database.db, email)
      return password && (password.hash ?? password.id)
    },
  })
  const gate = createPolicyGate({ database, clock, audit, alerts, publicUrl })
  const noteRefusedAccess = createRefusedAccess(log)
  const records = createSignInRecords({ database, audit, log })
  const passwordCheck = createPasswordCheck({
    ...{ database, library, passwordQueue, limits, knownDevices, records, noteRefusedAccess, log },
  })
  const apps = createAuthenticatorApps({ database, clock, keyRing })
  const recoveryCodes = createRecoveryCodes(clock)
  const rules = createFactorRules(recoveryCodes, keepBreakGlass)
  const passkeys = createPasskeys({
    ...{ database, clock, audit, securityMail, rules, ends },
    challenges: createPasskeyChallenges(clock, sessionSecret),
    verification: createPasskeyVerification(publicUrl),
  })
  const factors = createFactors({
    ...{ database, audit, apps, passkeys, recoveryCodes, rules, keepBreakGlass, securityMail, ends },
    checkFirstCode: createFirstCodeCheck({ apps, people, limits, knownDevices }),
  })
  const checkSecondStep = createSecondStepCheck({
    ...{ database, audit, apps, recoveryCodes, limits, knownDevices, records, securityMail, log },
  })
  const sessions = createSessions({
    ...{ database, clock: sessionClock, library, people, passwordCheck, limits, knownDevices, stored, ends, log },
    ...{ securityMail, factors, passkeys, checkSecondStep, noteRefusedAccess, gate },
    pendingSignIns: createPendingSignIns(database, clock),
    changePassword: createPasswordChange({
      ...{ database, clock, audit, library, passwordCheck, ends, stored, securityMail },
    }),
  })
  return {
    people,
    audit,
    securityMail,
    noteRefusedAccess,
    factors,
    passkeys,
    signInPolicy: createSignInPolicy({
      ...{ database, clock: sessionClock, audit, ends },
      mail: policyMail.changed,
    }),
    factorAnnouncements: createFactorAnnouncements({
      ...{ database, clock, sessionClock, publicUrl, alerts },
      onError: (err) => log.warn({ err }, 'The date of a second factor could not be announced'),
    }),
    sessions,
    confirmations: createConfirmations({
      ...{ database, people, sessions, passwordCheck, checkSecondStep, factors, passkeys, gate, noteRefusedAccess },
    }),
    links: createPersonLinks({
      ...{ database, clock, audit, publicUrl, passwordQueue, ends, securityMail, gate },
      hashPassword: library.hashPassword,
    }),
    webhookOwners: createWebhookOwners({ database, clock }),
    connectRefusal: createConnectRefusals({ database, clock }),
    namesOfActors: createActorNames(database),
    apiKeys: createApiKeys({
      ...{ database, clock, audit, log, noteRefusedAccess },
      networks: createKeyNetworks({ database, clock, audit, securityMail, log }),
    }),
  }
}

const NO_ALERTS: PersonalAlerts = { enqueue: () => Promise.resolve(false) }
