/**
 * Issues and checks access tokens. Clients must not read them; resources have them checked here.
 *
 * - Graph's tokens are JWTs that fail standard verification: the header carries a `nonce`, and the signature covers its
 *   SHA-256. Real Graph tokens behave the same, so clients that try to check one fail here as well.
 * - Exchange's tokens are JWTs that verify.
 * - For personal accounts both are opaque (`EwB…`).
 */
import { compactVerify, CompactSign } from 'jose'
import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto'
import type { FaultsAsked, Subject } from '../faults/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Settings } from '../kernel/settings.ts'
import { GRAPH, type Resource, RESOURCES, type Tenant } from '../tenants/index.ts'
import type { AccessTokenClaims, AccessTokenVerifier } from './access-token-claims.ts'
import { type Identity, isPersonal } from './authority.ts'
import type { Client } from './clients.ts'
import { BACKDATED_SECONDS, newTokenId, opaqueClaims, subjectOf, v1Issuer } from './issued-claims.ts'
import type { SigningKeys } from './signing-keys.ts'

/** Client authentication method, stored in `appidacr`. */
export type ClientProof = 'none' | 'secret' | 'certificate'

export interface AccessTokenOrder {
  client: Client
  proof: ClientProof
  resource: Resource
  /** `aud`: the resource, under the name that the client used. */
  audience: string
  claimsCapable: boolean
  tenant: Tenant
  /** Subject of the token: a user with delegated scopes, or the application itself with its roles. */
  subject:
    | { identity: Identity; scopes: readonly string[]; mfa: boolean; keepSignedIn: boolean }
    | { servicePrincipalId: string; roles: readonly string[] }
  /** Subject in the form that faults are matched against. */
  about: Subject
}

export interface IssuedAccessToken {
  value: string
  expiresInSeconds: number
}

export interface AccessTokens extends AccessTokenVerifier {
  issue(order: AccessTokenOrder): Promise<IssuedAccessToken>
}

const ACR: Record<ClientProof, string> = { none: '0', secret: '1', certificate: '2' }

export function createAccessTokens(
  database: Database,
  clock: Clock,
  keys: SigningKeys,
  settings: Settings,
  faults: FaultsAsked,
): AccessTokens {
  database.addTables(`
    CREATE TABLE IF NOT EXISTS opaque_access_tokens (
      hash BLOB PRIMARY KEY, claims TEXT NOT NULL, expires_at INTEGER NOT NULL
    ) STRICT`)

  const hash = (token: string) => createHash('sha256').update(token).digest()

  async function issue(order: AccessTokenOrder): Promise<IssuedAccessToken> {
    const expiresInSeconds = faults.ask('entra.lifetime', order.about)?.seconds ?? lifetimeSeconds(order.claimsCapable)
    const nowSeconds = Math.floor(clock.now().getTime() / 1000)
    const payload = {
      ...payloadOf(order, settings),
      iat: nowSeconds - BACKDATED_SECONDS,
      nbf: nowSeconds - BACKDATED_SECONDS,
      exp: nowSeconds + expiresInSeconds,
    }
    const personal = 'identity' in order.subject && isPersonal(order.subject.identity.home)
    const isOpaque = personal || faults.ask('entra.opaque', order.about) === true
    const value = isOpaque ? keep(payload) : await sign(payload, order.resource)
    return { value, expiresInSeconds }
  }

  function keep(payload: Record<string, unknown> & { exp: number }): string {
    const token = `EwB${randomBytes(900).toString('base64')}`
    const now = clock.now().getTime()
    database.run('DELETE FROM opaque_access_tokens WHERE expires_at < ?', now - 24 * 60 * 60 * 1000)
    database.run(
      'INSERT INTO opaque_access_tokens VALUES (?, ?, ?)',
      hash(token),
      JSON.stringify(payload),
      payload.exp * 1000,
    )
    return token
  }

  async function sign(payload: Record<string, unknown>, resource: Resource): Promise<string> {
    const { kid, privateKey } = keys.current('organizations')
    const nonce = resource === GRAPH ? randomBytes(32).toString('base64url') : undefined
    const header = {
      typ: 'JWT',
      ...(nonce === undefined ? {} : { nonce: hashedNonce(nonce) }),
      alg: 'RS256',
      x5t: kid,
      kid,
    }
    const signed = await new CompactSign(Buffer.from(JSON.stringify(payload)))
      .setProtectedHeader(header)
      .sign(privateKey)
    return nonce === undefined ? signed : withHeader(signed, { ...header, nonce })
  }

  async function verify(token: string, audience: string): ReturnType<AccessTokenVerifier['verify']> {
    if (token === '') return { refused: 'empty' }
    const read = token.startsWith('EwB') ? readOpaque(token) : await readJwt(token)
    if (typeof read === 'string') return { refused: read }
    const resource = RESOURCES.find(({ identifierUris }) => identifierUris.includes(audience))
    if (resource === undefined || !resource.identifierUris.includes(read.audience)) return { refused: 'wrong-audience' }
    if (read.expiresAt <= clock.now().getTime()) return { refused: 'expired' }
    return { claims: { ...read, audience: resource.audience } }
  }

  function readOpaque(token: string): AccessTokenClaims | 'malformed' {
    const row = database.get<{ claims: string }>('SELECT claims FROM opaque_access_tokens WHERE hash = ?', hash(token))
    return row ? claimsOf(JSON.parse(row.claims) as Payload) : 'malformed'
  }

  async function readJwt(token: string): Promise<AccessTokenClaims | 'malformed' | 'bad-signature'> {
    const header = readHeader(token)
    if (!header) return 'malformed'
    const key = keys.find(header.kid)
    if (!key) return 'bad-signature'
    const signed =
      header.nonce === undefined ? token : withHeader(token, { ...header, nonce: hashedNonce(header.nonce) })
    try {
      const { payload } = await compactVerify(signed, key.publicKey, { algorithms: ['RS256'] })
      return claimsOf(JSON.parse(Buffer.from(payload).toString()) as Payload)
    } catch {
      return 'bad-signature'
    }
  }

  return { issue, verify }
}

/** Lifetime in seconds: 60–90 minutes at random; 20–28 hours for clients that support claims challenges. */
function lifetimeSeconds(claimsCapable: boolean): number {
  return claimsCapable ? randomInt(20 * 3600, 28 * 3600 + 1) : randomInt(60 * 60, 90 * 60 + 1)
}

function payloadOf(order: AccessTokenOrder, settings: Settings): Record<string, unknown> {
  const { client, proof, audience, tenant, subject, claimsCapable } = order
  const common = {
    aud: audience,
    iss: v1Issuer(settings, tenant.id),
    ...opaqueClaims(),
    app_displayname: client.name,
    appid: client.appId,
    appidacr: ACR[proof],
    tid: tenant.id,
    uti: newTokenId(),
    ver: '1.0',
    tenant_region_scope: tenant.regionScope,
    xms_ftd: randomBytes(48).toString('base64url'),
    ...(claimsCapable ? { xms_cc: ['cp1'] } : {}),
  }
  if ('servicePrincipalId' in subject) {
    const { servicePrincipalId: id, roles } = subject
    return {
      ...common,
      idp: v1Issuer(settings, tenant.id),
      idtyp: 'app',
      oid: id,
      sub: id,
      wids: ['0997a1d0-0d1d-4acb-b408-d5ca73121e90'],
      ...(roles.length > 0 ? { roles } : {}),
    }
  }
  const { identity, scopes, mfa, keepSignedIn } = subject
  const { user, home } = identity
  return {
    ...common,
    acct: user.userType === 'Guest' ? 1 : 0,
    acr: '1',
    amr: mfa ? ['pwd', 'mfa'] : ['pwd'],
    idtyp: 'user',
    ipaddr: '127.0.0.1',
    name: user.displayName,
    oid: user.id,
    platf: '14',
    puid: `10032${createHash('sha256').update(user.id).digest('hex').slice(0, 11).toUpperCase()}`,
    scp: scopes.join(' '),
    sid: randomUUID(),
    ...(keepSignedIn ? { signin_state: ['kmsi'] } : {}),
    sub: subjectOf({ tenantId: tenant.id, appId: client.appId, userId: user.id }),
    unique_name: home.userPrincipalName,
    upn: user.userPrincipalName,
    ...(home.id === user.id ? {} : { idp: v1Issuer(settings, home.tenantId) }),
    wids: ['b79fbf4d-3ef9-4689-8143-76b194e85509'],
    xms_idrel: user.userType === 'Guest' ? '5 2' : '1 2',
    xms_st: { sub: subjectOf({ tenantId: tenant.id, appId: GRAPH.appId, userId: user.id }) },
    xms_tcdt: 1577836800,
  }
}

/** Claims that are read from tokens issued here. */
interface Payload {
  aud: string
  tid: string
  appid: string
  idtyp: 'app' | 'user'
  oid: string
  scp?: string
  roles?: string[]
  xms_cc?: string[]
  iat: number
  exp: number
}

function claimsOf(payload: Payload): AccessTokenClaims {
  return {
    audience: payload.aud,
    tenantId: payload.tid,
    appId: payload.appid,
    userId: payload.idtyp === 'user' ? payload.oid : undefined,
    scopes: new Set(payload.scp?.split(' ').filter(Boolean)),
    roles: new Set(payload.roles),
    issuedAt: (payload.iat + BACKDATED_SECONDS) * 1000,
    expiresAt: payload.exp * 1000,
    claimsCapable: payload.xms_cc !== undefined,
  }
}

function readHeader(token: string): { kid: string; nonce: string | undefined } | undefined {
  const [head = '', ...rest] = token.split('.')
  if (rest.length !== 2) return undefined
  try {
    const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as Record<string, unknown>
    const { kid, nonce } = header
    if (typeof kid !== 'string' || (nonce !== undefined && typeof nonce !== 'string')) return undefined
    return { ...header, kid, nonce }
  } catch {
    return undefined
  }
}

function withHeader(token: string, header: Record<string, unknown>): string {
  const [, ...rest] = token.split('.')
  return [Buffer.from(JSON.stringify(header)).toString('base64url'), ...rest].join('.')
}

function hashedNonce(nonce: string): string {
  return createHash('sha256').update(nonce).digest('base64url')
}
