import type { Database } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import type { Log } from '../kernel/log.ts'
import type { Secret } from '../kernel/secret.ts'
import { createApiKeys, type ApiKeys } from './api-keys.ts'
import { createAudit, type Audit } from '../audit/index.ts'
import { createAuthenticatorApps } from './factors/authenticator-apps.ts'
import { createFactors, type Factors } from './factors/factors.ts'
import { createFactorRules } from './factors/factor-rules.ts'
import { createPasskeyChallenges } from './factors/passkey-challenges.ts'
import { createPasskeyVerification } from './factors/passkey-verification.ts'
import { createPasskeys, type Passkeys } from './factors/passkeys.ts'
import { createPendingSignIns } from './factors/pending-sign-ins.ts'
import { createRecoveryCodes } from './factors/recovery-codes.ts'
import { createSecondStepCheck } from './factors/second-step-check.ts'
import { createKnownDevices } from './known-devices.ts'
import { createPasswordQueue } from './password-queue.ts'
import { createSignInLimits } from './sign-in-limits.ts'
import { createSignInLibrary } from './sign-in-library.ts'
import { createPersonLinks, type PersonLinks } from './person-links.ts'
import { createPeopleList, passwordOf, type People } from './people.ts'
import { createRefusedAccess } from './refused-access.ts'
import { createSecurityMail, type PersonalAlerts } from './security-mail.ts'
import { createSessions, type Sessions } from './sessions.ts'

export interface PeopleOptions {
  database: Database
  clock: Clock
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
  factors: Factors
  passkeys: Passkeys
  links: PersonLinks
  apiKeys: ApiKeys
  audit: Audit
}

export function createPeople(options: PeopleOptions): PeopleRoom {
  const { database, clock, publicUrl, sessionSecret, keyRing, log, alerts = NO_ALERTS } = options
  const { audit = createAudit(database, clock) } = options
  const library = createSignInLibrary({ database, publicUrl, sessionSecret })
  const passwordQueue = createPasswordQueue()
  const people = createPeopleList({ database, clock, audit })
  const noteRefusedAccess = createRefusedAccess(log)
  const securityMail = createSecurityMail({ clock, publicUrl, alerts })
  const limits = createSignInLimits(database, sessionSecret)
  const knownDevices = createKnownDevices({
    ...{ clock, publicUrl, sessionSecret },
    credentialOf: async (email) => {
      const password = await passwordOf(database.db, email)
      return password && (password.hash ?? password.id)
    },
  })
  const apps = createAuthenticatorApps({ database, clock, keyRing })
  const recoveryCodes = createRecoveryCodes({ database, clock })
  const rules = createFactorRules(recoveryCodes)
  const passkeys = createPasskeys({
    ...{ database, clock, audit, securityMail, rules },
    challenges: createPasskeyChallenges(clock, sessionSecret),
    verification: createPasskeyVerification(publicUrl),
  })
  const factors = createFactors({ database, audit, apps, passkeys, recoveryCodes, rules, securityMail })
  return {
    people,
    audit,
    factors,
    passkeys,
    sessions: createSessions({
      ...{ database, clock, library, people, passwordQueue, securityMail, noteRefusedAccess, log },
      ...{ limits, knownDevices, factors, passkeys },
      pendingSignIns: createPendingSignIns(database, clock),
      checkSecondStep: createSecondStepCheck({
        ...{ database, audit, apps, recoveryCodes, limits, knownDevices, securityMail, log },
      }),
    }),
    links: createPersonLinks({
      database,
      clock,
      audit,
      publicUrl,
      passwordQueue,
      securityMail,
      hashPassword: library.hashPassword,
    }),
    apiKeys: createApiKeys({ database, clock, audit, log, noteRefusedAccess }),
  }
}

const NO_ALERTS: PersonalAlerts = { enqueue: () => Promise.resolve(false) }
