import type { Database } from '../kernel/database.ts'
import type { ApplicationRole, Mailbox, MailboxRight, Tenant, User, UserConsentPolicy } from './directory-objects.ts'

/** Tenants, their users, mailboxes and mailbox permissions. */
export interface People {
  addTenant(tenant: Tenant): void
  listTenants(): Tenant[]
  /** Finds a tenant by id or by any verified domain, ignoring case. */
  findTenant(idOrDomain: string): Tenant | undefined
  setUserConsent(tenantId: string, policy: UserConsentPolicy): void

  addUser(user: User): void
  getUser(id: string): User
  findUser(id: string): User | undefined
  /**
   * Finds a member in any tenant by user principal name, as at sign-in. Mail addresses and aliases are not sign-in
   * names.
   */
  findUserBySignInName(name: string): User | undefined
  /**
   * Finds a user in any tenant by user principal name, mail address or alias; guests are found only in their home
   * tenant.
   */
  findUserByAddress(address: string): User | undefined
  /** Finds a user within one tenant; a guest is also found by the address of the home account. */
  findUserInTenant(tenantId: string, idOrAddress: string): User | undefined
  listUsers(tenantId: string): User[]
  updateUser(id: string, changes: Partial<Omit<User, 'id' | 'tenantId'>>): void

  addMailbox(mailbox: Mailbox): void
  findMailbox(userId: string): Mailbox | undefined
  listMailboxes(): Mailbox[]
  grantRight(mailboxId: string, trusteeId: string, right: MailboxRight): void
  revokeRight(mailboxId: string, trusteeId: string, right: MailboxRight): void
  hasRight(mailboxId: string, trusteeId: string, right: MailboxRight): boolean
  listRights(mailboxId: string): { trusteeId: string; right: MailboxRight }[]

  /**
   * Replaces the mailboxes and roles of an application (RBAC for Applications), like a management scope with its role
   * assignments.
   */
  setApplicationScope(appId: string, mailboxIds: readonly string[], roles: readonly ApplicationRole[]): void
  /** Adds one mailbox to those of an application. */
  letApplicationIn(mailboxId: string, appId: string, roles: readonly ApplicationRole[]): void
  shutApplicationOut(mailboxId: string, appId: string): void
  applicationRoles(mailboxId: string, appId: string): ApplicationRole[]
  /** Applications with access to a mailbox, with their roles. */
  listApplications(mailboxId: string): { appId: string; role: ApplicationRole }[]
  hasApplicationScope(appId: string): boolean

  /** `Set-TransportConfig -SmtpClientAuthenticationDisabled`, for the whole organization. */
  setTenantSmtpAuth(tenantId: string, isDisabled: boolean): void
  /** `Set-CASMailbox -SmtpClientAuthenticationDisabled`; `undefined` applies the organization's setting. */
  setMailboxSmtpAuth(mailboxId: string, isDisabled: boolean | undefined): void
  isSmtpAuthDisabled(tenantOrMailboxId: string): boolean | undefined
  /** Setting that disables sending by SMTP for the mailbox; its own takes precedence over the organization's. */
  smtpAuthDisabledBy(mailboxId: string): 'tenant' | 'mailbox' | undefined
  /** `Set-Mailbox -MessageCopyForSentAsEnabled`: also stores mail that others send as this mailbox in it. */
  setCopyForSentAs(mailboxId: string, isEnabled: boolean): void
  keepsCopyForSentAs(mailboxId: string): boolean
  /**
   * SendFromAliasEnabled of the organization: without it, Exchange replaces an alias in From by the primary address.
   */
  setSendFromAlias(tenantId: string, isEnabled: boolean): void
  maySendFromAlias(tenantId: string): boolean
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS tenants (
    id TEXT PRIMARY KEY, display_name TEXT NOT NULL, domains TEXT NOT NULL, user_consent TEXT NOT NULL,
    region_scope TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS users (
    id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL REFERENCES tenants, user_principal_name TEXT NOT NULL COLLATE NOCASE UNIQUE,
    mail TEXT COLLATE NOCASE, object TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS users_mail ON users (mail);
  CREATE TABLE IF NOT EXISTS mailboxes (user_id TEXT PRIMARY KEY REFERENCES users, kind TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS mailbox_rights (
    mailbox_id TEXT NOT NULL REFERENCES mailboxes, trustee_id TEXT NOT NULL, "right" TEXT NOT NULL,
    PRIMARY KEY (mailbox_id, trustee_id, "right")
  ) STRICT;
  CREATE TABLE IF NOT EXISTS application_roles (
    mailbox_id TEXT NOT NULL REFERENCES mailboxes, app_id TEXT NOT NULL, role TEXT NOT NULL,
    PRIMARY KEY (mailbox_id, app_id, role)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS smtp_auth (id TEXT PRIMARY KEY, is_disabled INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS send_from_alias (tenant_id TEXT PRIMARY KEY REFERENCES tenants) STRICT;
  CREATE TABLE IF NOT EXISTS copies_for_sent_as (mailbox_id TEXT PRIMARY KEY REFERENCES mailboxes) STRICT;`

interface TenantRow {
  id: string
  display_name: string
  domains: string
  user_consent: UserConsentPolicy
  region_scope: string
}

export function createPeople(database: Database): People {
  database.addTables(TABLES)

  const toTenant = (row: TenantRow): Tenant => ({
    id: row.id,
    displayName: row.display_name,
    domains: JSON.parse(row.domains) as string[],
    userConsent: row.user_consent,
    regionScope: row.region_scope,
  })
  const toUser = (row: { object: string }): User => {
    const user = JSON.parse(row.object) as User
    // Restores missing keys as `undefined`, which JSON lacks.
    return { ...user, mail: user.mail, password: user.password, mfaSecret: user.mfaSecret, homeUserId: user.homeUserId }
  }

  const people: People = {
    addTenant({ id, displayName, domains, userConsent, regionScope }) {
      database.run(
        'INSERT INTO tenants VALUES (?, ?, ?, ?, ?)',
        id,
        displayName,
        JSON.stringify(domains),
        userConsent,
        regionScope,
      )
    },
    listTenants: () => database.all<TenantRow>('SELECT * FROM tenants ORDER BY rowid').map(toTenant),
    findTenant(idOrDomain) {
      const wanted = idOrDomain.toLowerCase()
      return people.listTenants().find(({ id, domains }) => id === wanted || domains.includes(wanted))
    },
    setUserConsent(tenantId, policy) {
      database.run('UPDATE tenants SET user_consent = ? WHERE id = ?', policy, tenantId)
    },

    addUser(user) {
      const { id, tenantId, userPrincipalName, mail } = user
      database.run(
        'INSERT INTO users VALUES (?, ?, ?, ?, ?)',
        id,
        tenantId,
        userPrincipalName,
        mail ?? null,
        JSON.stringify(user),
      )
    },
    getUser(id) {
      const user = people.findUser(id)
      if (!user) throw new TypeError(`no user ${id}`)
      return user
    },
    findUser(id) {
      const row = database.get<{ object: string }>('SELECT object FROM users WHERE id = ?', id)
      return row && toUser(row)
    },
    findUserBySignInName(name) {
      const row = database.get<{ object: string }>('SELECT object FROM users WHERE user_principal_name = ?', name)
      const user = row && toUser(row)
      return user?.userType === 'Member' ? user : undefined
    },
    findUserByAddress(address) {
      return database
        .all<{ object: string }>('SELECT object FROM users WHERE user_principal_name = ? OR mail = ?', address, address)
        .map(toUser)
        .concat(findByAlias(address))
        .find((user) => user.userType === 'Member')
    },
    findUserInTenant(tenantId, idOrAddress) {
      const row = database.get<{ object: string }>(
        'SELECT object FROM users WHERE tenant_id = ? AND (id = ? OR user_principal_name = ? OR mail = ?)',
        tenantId,
        idOrAddress.toLowerCase(),
        idOrAddress,
        idOrAddress,
      )
      return row ? toUser(row) : findByAlias(idOrAddress).find((user) => user.tenantId === tenantId)
    },
    listUsers(tenantId) {
      return database
        .all<{ object: string }>('SELECT object FROM users WHERE tenant_id = ? ORDER BY rowid', tenantId)
        .map(toUser)
    },
    updateUser(id, changes) {
      const user = { ...people.getUser(id), ...changes }
      database.run(
        'UPDATE users SET user_principal_name = ?, mail = ?, object = ? WHERE id = ?',
        user.userPrincipalName,
        user.mail ?? null,
        JSON.stringify(user),
        id,
      )
    },

    addMailbox({ userId, kind }) {
      database.run('INSERT INTO mailboxes VALUES (?, ?)', userId, kind)
    },
    findMailbox(userId) {
      return database.get<Mailbox>('SELECT user_id AS userId, kind FROM mailboxes WHERE user_id = ?', userId)
    },
    listMailboxes: () => database.all<Mailbox>('SELECT user_id AS userId, kind FROM mailboxes ORDER BY rowid'),
    grantRight(mailboxId, trusteeId, right) {
      database.run('INSERT OR IGNORE INTO mailbox_rights VALUES (?, ?, ?)', mailboxId, trusteeId, right)
    },
    revokeRight(mailboxId, trusteeId, right) {
      database.run(
        'DELETE FROM mailbox_rights WHERE mailbox_id = ? AND trustee_id = ? AND "right" = ?',
        mailboxId,
        trusteeId,
        right,
      )
    },
    hasRight(mailboxId, trusteeId, right) {
      const sql = 'SELECT 1 FROM mailbox_rights WHERE mailbox_id = ? AND trustee_id = ? AND "right" = ?'
      return database.get(sql, mailboxId, trusteeId, right) !== undefined
    },
    listRights(mailboxId) {
      return database.all<{ trusteeId: string; right: MailboxRight }>(
        'SELECT trustee_id AS trusteeId, "right" FROM mailbox_rights WHERE mailbox_id = ? ORDER BY rowid',
        mailboxId,
      )
    },

    setApplicationScope(appId, mailboxIds, roles) {
      database.transaction(() => {
        database.run('DELETE FROM application_roles WHERE app_id = ?', appId)
        for (const mailboxId of mailboxIds) {
          for (const role of roles) {
            database.run('INSERT OR IGNORE INTO application_roles VALUES (?, ?, ?)', mailboxId, appId, role)
          }
        }
      })
    },
    letApplicationIn(mailboxId, appId, roles) {
      database.transaction(() => {
        for (const role of roles) {
          database.run('INSERT OR IGNORE INTO application_roles VALUES (?, ?, ?)', mailboxId, appId, role)
        }
      })
    },
    shutApplicationOut(mailboxId, appId) {
      database.run('DELETE FROM application_roles WHERE mailbox_id = ? AND app_id = ?', mailboxId, appId)
    },
    applicationRoles(mailboxId, appId) {
      const sql = 'SELECT role FROM application_roles WHERE mailbox_id = ? AND app_id = ?'
      return database.all<{ role: ApplicationRole }>(sql, mailboxId, appId).map(({ role }) => role)
    },
    listApplications(mailboxId) {
      return database.all<{ appId: string; role: ApplicationRole }>(
        'SELECT app_id AS appId, role FROM application_roles WHERE mailbox_id = ? ORDER BY rowid',
        mailboxId,
      )
    },
    hasApplicationScope: (appId) =>
      database.get('SELECT 1 FROM application_roles WHERE app_id = ? LIMIT 1', appId) !== undefined,

    setTenantSmtpAuth: (tenantId, isDisabled) => setSmtpAuth(tenantId, isDisabled),
    setMailboxSmtpAuth: (mailboxId, isDisabled) => setSmtpAuth(mailboxId, isDisabled),
    isSmtpAuthDisabled(id) {
      const row = database.get<{ disabled: number }>('SELECT is_disabled AS disabled FROM smtp_auth WHERE id = ?', id)
      return row && row.disabled === 1
    },
    smtpAuthDisabledBy(mailboxId) {
      const own = people.isSmtpAuthDisabled(mailboxId)
      if (own !== undefined) return own ? 'mailbox' : undefined
      return people.isSmtpAuthDisabled(people.getUser(mailboxId).tenantId) ? 'tenant' : undefined
    },
    setCopyForSentAs(mailboxId, isEnabled) {
      const sql = isEnabled
        ? 'INSERT OR IGNORE INTO copies_for_sent_as VALUES (?)'
        : 'DELETE FROM copies_for_sent_as WHERE mailbox_id = ?'
      database.run(sql, mailboxId)
    },
    keepsCopyForSentAs: (mailboxId) =>
      database.get('SELECT 1 FROM copies_for_sent_as WHERE mailbox_id = ?', mailboxId) !== undefined,
    setSendFromAlias(tenantId, isEnabled) {
      const sql = isEnabled
        ? 'INSERT OR IGNORE INTO send_from_alias VALUES (?)'
        : 'DELETE FROM send_from_alias WHERE tenant_id = ?'
      database.run(sql, tenantId)
    },
    maySendFromAlias: (tenantId) =>
      database.get('SELECT 1 FROM send_from_alias WHERE tenant_id = ?', tenantId) !== undefined,
  }
  return people

  function findByAlias(address: string): User[] {
    return database
      .all<{ object: string }>(
        `SELECT object FROM users WHERE EXISTS
          (SELECT 1 FROM json_each(users.object, '$.aliases') WHERE lower(json_each.value) = ?)`,
        address.toLowerCase(),
      )
      .map(toUser)
  }

  function setSmtpAuth(id: string, isDisabled: boolean | undefined): void {
    if (isDisabled === undefined) database.run('DELETE FROM smtp_auth WHERE id = ?', id)
    else database.run('INSERT OR REPLACE INTO smtp_auth VALUES (?, ?)', id, isDisabled ? 1 : 0)
  }
}
