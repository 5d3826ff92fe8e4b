import { createHash, randomBytes } from 'node:crypto'
import type { Settings } from '../kernel/settings.ts'

/**
 * Pairwise subject: constant for one application and one account, different for each application. UserInfo (on Graph)
 * returns the same `sub` as the ID token.
 */
export function subjectOf({ tenantId, appId, userId }: { tenantId: string; appId: string; userId: string }): string {
  return createHash('sha256').update(`${tenantId} ${appId} ${userId}`).digest('base64url')
}

/** Entra ID dates its tokens back, so that clients with a slightly slow clock accept them. */
export const BACKDATED_SECONDS = 300

/** Creates the unique token identifier (`uti`). */
export function newTokenId(): string {
  return randomBytes(16).toString('base64url')
}

/**
 * Internal claims (`rh`, `aio`) that only Entra ID interprets; the sandbox fills them with random text of the usual
 * size.
 */
export function opaqueClaims(): { aio: string; rh: string } {
  return { aio: randomBytes(60).toString('base64'), rh: `1.${randomBytes(36).toString('base64url')}.` }
}

/**
 * Issuer of v1.0 tokens, which Graph and Exchange receive: Microsoft's host, or the sandbox's own under another name.
 */
export function v1Issuer({ named }: Settings, tenantId: string): string {
  return new URL(named.login).host === 'login.microsoftonline.com'
    ? `https://sts.windows.net/${tenantId}/`
    : `${named.login}/${tenantId}/`
}

export function v2Issuer({ named }: Settings, tenantId: string): string {
  return `${named.login}/${tenantId}/v2.0`
}
