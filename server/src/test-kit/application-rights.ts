/** What admins of Exchange and Entra ID allow an application at the local Microsoft 365. */
import { expect } from 'vitest'
import type { SandboxDirectory } from './sandbox-directory.ts'
import type { SandboxProcess } from './sandbox-process.ts'

const ROLES = ['Application Mail.ReadWrite', 'Application Mail.Send']
const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000'

/** What the generated commands do: into these mailboxes and no other. */
export async function letInto(
  sandbox: Pick<SandboxProcess, 'desk'>,
  clientId: string,
  addresses: readonly string[],
  roles: readonly string[] = ROLES,
): Promise<void> {
  const answer = await fetch(`${sandbox.desk}/api/application-access/${clientId}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ mailboxes: addresses, roles }),
  })
  expect(answer.status).toBe(204)
}

/** Consent for the whole tenant, as *Grant admin consent* gives it. */
export async function consentToAll(directory: SandboxDirectory, clientId: string, role: string): Promise<void> {
  const find = async (appId: string) => {
    const filter = encodeURIComponent(`appId eq '${appId}'`)
    const { value: found } = await directory.ask<{
      value: { id: string; appRoles: { id: string; value: string }[] }[]
    }>('GET', `/servicePrincipals?$filter=${filter}`)
    return found[0]!
  }
  const [client, graph] = [await find(clientId), await find(GRAPH_APP_ID)]
  await directory.ask('POST', `/servicePrincipals/${client.id}/appRoleAssignments`, {
    principalId: client.id,
    resourceId: graph.id,
    appRoleId: graph.appRoles.find(({ value }) => value === role)!.id,
  })
}
