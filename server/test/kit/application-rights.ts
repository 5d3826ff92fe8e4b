/** Permissions that admins of Exchange and Entra ID grant an application in the sandbox. */
import { expect } from 'vitest'
import type { SandboxDirectory } from './sandbox-directory.ts'
import type { SandboxProcess } from './sandbox-process.ts'

const ROLES = ['Application Mail.ReadWrite', 'Application Mail.Send']
const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000'
export const EXCHANGE_APP_ID = '00000002-0000-0ff1-ce00-000000000000'

/** Runs the generated commands: access to these mailboxes only. */
export async function letInto(
  sandbox: Pick<SandboxProcess, 'controlPanel'>,
  clientId: string,
  addresses: readonly string[],
  roles: readonly string[] = ROLES,
): Promise<void> {
  const answer = await fetch(`${sandbox.controlPanel}/api/application-access/${clientId}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ mailboxes: addresses, roles }),
  })
  expect(answer.status).toBe(204)
}

/** Grants consent for the whole tenant, like *Grant admin consent*. */
export async function consentToAll(
  directory: SandboxDirectory,
  clientId: string,
  role: string,
  resourceAppId: string = GRAPH_APP_ID,
): Promise<void> {
  const find = async (appId: string) => {
    const filter = encodeURIComponent(`appId eq '${appId}'`)
    const { value: found } = await directory.ask<{
      value: { id: string; appRoles: { id: string; value: string }[] }[]
    }>('GET', `/servicePrincipals?$filter=${filter}`)
    return found[0]!
  }
  const [client, resource] = [await find(clientId), await find(resourceAppId)]
  await directory.ask('POST', `/servicePrincipals/${client.id}/appRoleAssignments`, {
    principalId: client.id,
    resourceId: resource.id,
    appRoleId: resource.appRoles.find(({ value }) => value === role)!.id,
  })
}

/** Runs `Add-MailboxPermission` for the service principal of an application, or removes the permission. */
export async function giveFullAccess(
  sandbox: Pick<SandboxProcess, 'controlPanel'>,
  servicePrincipal: string,
  address: string,
  rights: readonly 'FullAccess'[] = ['FullAccess'],
): Promise<void> {
  const answer = await fetch(`${sandbox.controlPanel}/api/mailbox-permissions`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ mailbox: address, servicePrincipal, rights }),
  })
  expect(answer.status).toBe(204)
}
