import { createHash, randomBytes } from 'node:crypto'
import type { Selectable } from 'kysely'
import type { Database, Schema, Tx } from '../../database/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import { type CloudProviderId, newId, type WorkOrderId } from '../../kernel/ids.ts'
import { Secret } from '../../kernel/secret.ts'
import type { AuthorizationServer } from '../clouds/authorization-server.ts'
import type { Clouds } from '../clouds/cloud.ts'
import type { CloudProvider } from '../cloud-provider.ts'
import type { NewCredential } from '../credentials/provider-credential.ts'
import { readEntraId } from '../provider-fields.ts'
import { type WorkOrder, workOrder } from './work-order.ts'
import type { AuditLog } from '../../audit/index.ts'
import type { WorkOrderRequest } from './manifest.ts'
import type { CloudProviders } from '../cloud-providers-port.ts'

const LIFETIME_MS = 7 * 24 * 60 * 60 * 1000
const DOMAIN = /^(?=.{4,253}$)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+$/

/**
 * Ids of a registration reported by a person without an account here. Only an admin can turn a proposal into a cloud
 * provider.
 */
export interface Proposal {
  tenantId: string
  clientId: string
  /** A domain of the organization, if given. Microsoft has confirmed that it belongs to this tenant. */
  tenantDomain: string | undefined
  /** True if Microsoft has this tenant; `undefined` if Microsoft could not be reached. */
  tenantKnown: boolean | undefined
}

export type WorkOrderState = 'open' | 'proposed' | 'confirmed' | 'revoked' | 'expired'

export interface WorkOrderLink {
  id: WorkOrderId
  request: WorkOrderRequest
  state: WorkOrderState
  createdBy: string
  createdAt: Date
  expiresAt: Date
  proposal: Proposal | undefined
  proposedAt: Date | undefined
  cloudProviderId: CloudProviderId | undefined
}

export interface WorkOrders {
  /** Returns the work order for a signed-in person, without creating a link. */
  draw(request: WorkOrderRequest): WorkOrder

  /** Creates a link that is valid for seven days without a login. The URL is returned once; only its hash is stored. */
  createLink(request: WorkOrderRequest, actor: string): Promise<{ link: WorkOrderLink; url: Secret }>
  listLinks(): Promise<WorkOrderLink[]>
  revokeLink(id: WorkOrderId, actor: string): Promise<void>
  /**
   * Revokes all open links of a maker who may no longer create any. Proposals already returned stay open for an admin.
   */
  revokeLinksOf(tx: Tx, maker: string, actor: string): Promise<void>

  /**
   * Returns the work order of a link, until a proposal was returned by it.
   *
   * @throws {AppError} `cloud_providers.work_order_over`
   */
  look(token: Secret): Promise<{ workOrder: WorkOrder; expiresAt: Date }>

  /**
   * Stores the ids of the registration as a proposal, once per link. Connects nothing.
   *
   * @throws {AppError} `cloud_providers.work_order_over`, `cloud_providers.id_malformed`,
   *   `cloud_providers.tenant_unknown`, `cloud_providers.tenant_mismatch`, `cloud_providers.already_exists`
   */
  handBack(token: Secret, proposal: { tenantId: string; clientId: string; domain?: string | undefined }): Promise<void>

  /** Creates a cloud provider from a proposal that an admin confirms. */
  confirm(
    id: WorkOrderId,
    fields: { name: string; contact: string; deputy?: string | undefined; credential?: NewCredential | undefined },
    actor: string,
  ): Promise<CloudProvider>
}

export interface WorkOrdersDeps {
  database: Database
  clock: Clock
  clouds: Clouds
  cloudProviders: CloudProviders
  authorizationServer: AuthorizationServer
  audit: AuditLog
  redirectUri: string
  publicUrl: string
}

export function createWorkOrders(deps: WorkOrdersDeps): WorkOrders {
  const { database, clock, clouds, cloudProviders, authorizationServer, audit, redirectUri, publicUrl } = deps
  const { db } = database

  const draw = (request: WorkOrderRequest) => workOrder(request, clouds.get(request.cloud), redirectUri)

  async function openLink(token: Secret) {
    const row = await db.selectFrom('work_orders').selectAll().where('link_hash', '=', hashOf(token)).executeTakeFirst()
    if (!row || stateOf(row) !== 'open') throw new AppError('cloud_providers.work_order_over')
    return row
  }

  function stateOf(row: Selectable<Schema['work_orders']>): WorkOrderState {
    if (row.revoked_at !== null) return 'revoked'
    if (row.confirmed_at !== null) return 'confirmed'
    if (row.proposed_at !== null) return 'proposed'
    return row.expires_at <= clock.now() ? 'expired' : 'open'
  }

  const fromRow = (row: Selectable<Schema['work_orders']>): WorkOrderLink => ({
    id: row.id,
    request: row.wish as WorkOrderRequest,
    state: stateOf(row),
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    proposal: (row.proposal ?? undefined) as Proposal | undefined,
    proposedAt: row.proposed_at ?? undefined,
    cloudProviderId: row.cloud_provider_id ?? undefined,
  })

  async function refuseConnected(cloud: string, tenantId: string, clientId: string): Promise<void> {
    const connected = await db
      .selectFrom('cloud_providers')
      .select('id')
      .where('cloud', '=', cloud)
      .where('tenant_id', '=', tenantId)
      .where('client_id', '=', clientId)
      .executeTakeFirst()
    if (connected) throw new AppError('cloud_providers.already_exists')
  }

  /**
   * Checks the tenant and its domain. An admin can't recognize an id, but can compare a domain with the expected one.
   */
  async function verifyTenant(
    authority: string,
    tenantId: string,
    domain: string | undefined,
  ): Promise<Pick<Proposal, 'tenantDomain' | 'tenantKnown'>> {
    const name = domain?.trim().toLowerCase()
    if (name !== undefined && !DOMAIN.test(name))
      throw new AppError('cloud_providers.field_invalid', { field: 'domain' })
    let answer
    try {
      answer = await authorizationServer.discover(`${authority}/${name ?? tenantId}`)
    } catch (error) {
      if (error instanceof AppError && error.remedy === 'wait')
        return { tenantDomain: undefined, tenantKnown: undefined }
      throw error
    }
    if (!answer.ok) throw new AppError('cloud_providers.tenant_unknown', { upstream: answer.upstream })
    if (!answer.issuer.includes(`/${tenantId}/`)) throw new AppError('cloud_providers.tenant_mismatch')
    return { tenantDomain: name, tenantKnown: true }
  }

  return {
    draw,

    async createLink(request, actor) {
      draw(request)
      const id = newId<WorkOrderId>()
      const token = randomBytes(32).toString('base64url')
      const now = clock.now()
      const row = await database.creation(async (tx) => {
        await audit.record(tx, { actor, action: 'work_order.created', subject: id, detail: { cloud: request.cloud } })
        return tx
          .insertInto('work_orders')
          .values({
            id,
            link_hash: hashOf(new Secret(token)),
            wish: JSON.stringify(request),
            created_by: actor,
            created_at: now,
            expires_at: new Date(now.getTime() + LIFETIME_MS),
          })
          .returningAll()
          .executeTakeFirstOrThrow()
      })
      // The token is in the fragment, which is neither sent to a server nor logged by a proxy (RFC 3986 §3.5).
      return { link: fromRow(row), url: new Secret(new URL(`/work-order#${token}`, publicUrl).href) }
    },

    async listLinks() {
      const rows = await db.selectFrom('work_orders').selectAll().orderBy('created_at', 'desc').limit(200).execute()
      return rows.map(fromRow)
    },

    async revokeLink(id, actor) {
      await database.transaction(async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable('work_orders')
          .set({ revoked_at: clock.now() })
          .where('id', '=', id)
          .where('revoked_at', 'is', null)
          .where('confirmed_at', 'is', null)
          .executeTakeFirst()
        if (numUpdatedRows > 0n) await audit.record(tx, { actor, action: 'work_order.revoked', subject: id })
      })
    },

    async revokeLinksOf(tx, maker, actor) {
      const revoked = await tx
        .updateTable('work_orders')
        .set({ revoked_at: clock.now() })
        .where('created_by', '=', maker)
        .where('revoked_at', 'is', null)
        .where('proposed_at', 'is', null)
        .returning('id')
        .execute()
      for (const { id } of revoked) await audit.record(tx, { actor, action: 'work_order.revoked', subject: id })
    },

    async look(token) {
      const row = await openLink(token)
      return { workOrder: draw(row.wish as WorkOrderRequest), expiresAt: row.expires_at }
    },

    async handBack(token, handed) {
      const row = await openLink(token)
      const request = row.wish as WorkOrderRequest
      const [tenantId, clientId] = [readEntraId(handed.tenantId, 'tenantId'), readEntraId(handed.clientId, 'clientId')]
      await refuseConnected(request.cloud, tenantId, clientId)
      const verified = await verifyTenant(clouds.get(request.cloud).authority, tenantId, handed.domain)
      const proposal: Proposal = { tenantId, clientId, ...verified }
      const now = clock.now()
      const { numUpdatedRows } = await db
        .updateTable('work_orders')
        .set({ proposal: JSON.stringify(proposal), proposed_at: now })
        .where('id', '=', row.id)
        // Accepts only the first of two concurrent proposals, and none after the link was revoked.
        .where('proposed_at', 'is', null)
        .where('revoked_at', 'is', null)
        .where('expires_at', '>', now)
        .executeTakeFirst()
      if (numUpdatedRows === 0n) throw new AppError('cloud_providers.work_order_over')
    },

    async confirm(id, fields, actor) {
      const row = await db.selectFrom('work_orders').selectAll().where('id', '=', id).executeTakeFirst()
      if (!row || stateOf(row) !== 'proposed') throw new AppError('cloud_providers.work_order_over')
      const { cloud, accountTypes, application } = row.wish as WorkOrderRequest
      const { tenantId, clientId } = row.proposal as Proposal
      // The registration is unique, so a concurrent second confirmation fails with `already_exists`.
      const provider = await cloudProviders.create(
        { ...fields, cloud, accountTypes, application, tenantId, clientId },
        actor,
      )
      await db
        .updateTable('work_orders')
        .set({ confirmed_at: clock.now(), cloud_provider_id: provider.id })
        .where('id', '=', id)
        .execute()
      return provider
    },
  }
}

function hashOf(token: Secret): Buffer {
  return createHash('sha256').update(token.reveal()).digest()
}
