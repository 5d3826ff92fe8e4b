import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Application, PasswordCredential } from './directory-objects.ts'

/** App registrations and their secrets. The value of a secret is returned once and stored as a hash. */
export interface Applications {
  /** Registers an application in `tenantId`; missing `fields` get the portal's defaults. */
  add(tenantId: string, fields: Partial<Application> & { displayName: string }): Application
  find(objectId: string): Application | undefined
  findByAppId(appId: string): Application | undefined
  /** The tenant in which the application is registered. */
  tenantOf(appId: string): string | undefined
  list(tenantId: string): Application[]
  /** Replaces the whole registration except the hidden values of its credentials. */
  save(application: Application): void
  remove(objectId: string): void
  addPassword(
    objectId: string,
    options: { displayName: string | null; startsAt?: Date; endsAt?: Date },
  ): PasswordCredential & { secretText: string }
  removePassword(objectId: string, keyId: string): void
  /** Credential with this value, even an expired one; the caller checks its expiry date. */
  findPassword(application: Application, value: string): PasswordCredential | undefined
  /**
   * Object ids of users that can change the registration without being administrators, in the order they were added.
   */
  ownersOf(objectId: string): string[]
  /** Adds an owner. Idempotent. */
  addOwner(objectId: string, userId: string): void
  removeOwner(objectId: string, userId: string): void
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS applications (
    object_id TEXT PRIMARY KEY, app_id TEXT NOT NULL UNIQUE, tenant_id TEXT NOT NULL REFERENCES tenants,
    object TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS application_secrets (
    key_id TEXT PRIMARY KEY, object_id TEXT NOT NULL REFERENCES applications ON DELETE CASCADE, hash BLOB NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS application_owners (
    object_id TEXT NOT NULL REFERENCES applications ON DELETE CASCADE, user_id TEXT NOT NULL REFERENCES users,
    PRIMARY KEY (object_id, user_id)
  ) STRICT;`

/** The portal's default lifetime of a secret: 180 days. */
const DEFAULT_SECRET_LIFETIME_MS = 180 * 24 * 60 * 60 * 1000

/** Empty application with the portal's defaults, to which the fields of a new registration are applied. */
export function blankApplication(clock: Clock): Application {
  return {
    id: randomUUID(),
    appId: randomUUID(),
    displayName: '',
    createdDateTime: clock.now().toISOString(),
    signInAudience: 'AzureADMyOrg',
    identifierUris: [],
    web: {
      redirectUris: [],
      logoutUrl: null,
      implicitGrantSettings: { enableIdTokenIssuance: false, enableAccessTokenIssuance: false },
    },
    spa: { redirectUris: [] },
    publicClient: { redirectUris: [] },
    isFallbackPublicClient: false,
    requiredResourceAccess: [],
    passwordCredentials: [],
    keyCredentials: [],
    api: { requestedAccessTokenVersion: null },
  }
}

export function createApplications(database: Database, clock: Clock): Applications {
  database.addTables(TABLES)

  const parse = (row: { object: string } | undefined) => row && (JSON.parse(row.object) as Application)
  const hash = (value: string) => createHash('sha256').update(value).digest()

  function get(objectId: string): Application {
    const application = applications.find(objectId)
    if (!application) throw new TypeError(`no application ${objectId}`)
    return application
  }

  const applications: Applications = {
    add(tenantId, fields) {
      const application: Application = { ...blankApplication(clock), ...fields }
      database.run(
        'INSERT INTO applications VALUES (?, ?, ?, ?)',
        application.id,
        application.appId,
        tenantId,
        JSON.stringify(application),
      )
      return application
    },
    find: (objectId) => parse(database.get('SELECT object FROM applications WHERE object_id = ?', objectId)),
    findByAppId: (appId) =>
      parse(database.get('SELECT object FROM applications WHERE app_id = ?', appId.toLowerCase())),
    tenantOf: (appId) =>
      database.get<{ tenant_id: string }>('SELECT tenant_id FROM applications WHERE app_id = ?', appId.toLowerCase())
        ?.tenant_id,
    list: (tenantId) =>
      database
        .all<{ object: string }>('SELECT object FROM applications WHERE tenant_id = ? ORDER BY rowid', tenantId)
        .map((row) => JSON.parse(row.object) as Application),
    save(application) {
      database.run(
        'UPDATE applications SET object = ? WHERE object_id = ?',
        JSON.stringify(application),
        application.id,
      )
    },
    remove(objectId) {
      database.run('DELETE FROM applications WHERE object_id = ?', objectId)
    },
    addPassword(objectId, { displayName, startsAt = clock.now(), endsAt }) {
      return database.transaction(() => {
        const application = get(objectId)
        // Microsoft's values are 40 characters with a `~`. The id of the secret is a GUID; entering it as the secret is
        // the classic mistake.
        const secretText = `${randomBytes(3).toString('base64url').slice(0, 3)}8Q~${randomBytes(26).toString('base64url').slice(0, 34)}`
        const credential: PasswordCredential = {
          keyId: randomUUID(),
          displayName,
          hint: secretText.slice(0, 3),
          startDateTime: startsAt.toISOString(),
          endDateTime: (endsAt ?? new Date(startsAt.getTime() + DEFAULT_SECRET_LIFETIME_MS)).toISOString(),
        }
        database.run('INSERT INTO application_secrets VALUES (?, ?, ?)', credential.keyId, objectId, hash(secretText))
        applications.save({ ...application, passwordCredentials: [...application.passwordCredentials, credential] })
        return { ...credential, secretText }
      })
    },
    removePassword(objectId, keyId) {
      database.transaction(() => {
        const application = get(objectId)
        database.run('DELETE FROM application_secrets WHERE key_id = ? AND object_id = ?', keyId, objectId)
        const passwordCredentials = application.passwordCredentials.filter((credential) => credential.keyId !== keyId)
        applications.save({ ...application, passwordCredentials })
      })
    },
    findPassword(application, value) {
      const given = hash(value)
      const rows = database.all<{ key_id: string; hash: Uint8Array }>(
        'SELECT key_id, hash FROM application_secrets WHERE object_id = ?',
        application.id,
      )
      const keyId = rows.find((row) => timingSafeEqual(row.hash, given))?.key_id
      return application.passwordCredentials.find((credential) => credential.keyId === keyId)
    },
    ownersOf: (objectId) =>
      database
        .all<{ user_id: string }>('SELECT user_id FROM application_owners WHERE object_id = ? ORDER BY rowid', objectId)
        .map((row) => row.user_id),
    addOwner(objectId, userId) {
      database.run('INSERT OR IGNORE INTO application_owners VALUES (?, ?)', objectId, userId)
    },
    removeOwner(objectId, userId) {
      database.run('DELETE FROM application_owners WHERE object_id = ? AND user_id = ?', objectId, userId)
    },
  }
  return applications
}
