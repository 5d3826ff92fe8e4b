import { beforeAll, describe, expect, it } from 'vitest'
import type { Cloud } from '../clouds/cloud.ts'
import { loadClouds } from '../clouds/clouds.ts'
import { workOrder } from './work-order.ts'
import type { WorkOrderRequest } from './manifest.ts'

let cloud: Cloud
beforeAll(async () => {
  cloud = (await loadClouds()).get('global')
})

const order = (application?: WorkOrderRequest['application'], credential?: WorkOrderRequest['credential']) =>
  workOrder(
    {
      ...{ cloud: 'global', accountTypes: 'single-tenant', receives: 'graph', sends: 'graph', kinds: ['user'] },
      application,
      credential,
    },
    cloud,
    'https://postkey.example/oauth/callback',
  )

type Order = ReturnType<typeof order>
const registered = ({ manifest }: Order) =>
  manifest.requiredResourceAccess.flatMap(({ resourceAccess }) =>
    resourceAccess.filter(({ type }) => type === 'Role').map(({ id }) => id),
  )
const roles = ({ permissions }: Order) => permissions.filter(({ type }) => type === 'Role')
const steps = (each: Order) => each.steps.map(({ text }) => text).join('\n')

describe('a work order', () => {
  it('requests no application permission if people sign in', () => {
    expect(roles(order())).toEqual([])
    expect(registered(order())).toEqual([])
    expect(steps(order())).not.toContain('Application permissions')
  })

  it('leaves application permissions for selected mailboxes to Exchange and registers none of them', () => {
    const chosen = order('chosen-mailboxes')

    expect(roles(chosen).map(({ value, allowedIn }) => `${value} in ${allowedIn}`)).toEqual([
      'Mail.ReadWrite in exchange',
      'Mail.Send in exchange',
    ])
    expect(registered(chosen)).toEqual([])
    for (const { id } of roles(chosen)) expect(Object.values(chosen.scripts!).join('\n')).not.toContain(id)
    expect(steps(chosen)).toContain('Leave Application permissions empty')
  })

  it('registers application permissions for every mailbox, and shows their extent', () => {
    const all = order('all-mailboxes')

    expect(registered(all)).toEqual(roles(all).map(({ id }) => id))
    expect(registered(all)).toHaveLength(2)
    for (const script of Object.values(all.scripts!)) for (const id of registered(all)) expect(script).toContain(id)
    expect(steps(all)).toContain('every mailbox of the organization')
  })

  it('has no script for a cloud without environment names, so that no script changes the global cloud', () => {
    const request = { accountTypes: 'single-tenant', receives: 'graph', sends: 'graph', kinds: ['user'] } as const
    const { scriptNames: _none, ...sandbox } = { ...cloud, id: 'sandbox' }
    const order = workOrder({ cloud: 'sandbox', ...request }, sandbox, 'http://localhost/oauth/callback')

    expect(order.scripts).toBeUndefined()
    expect(JSON.stringify(order)).not.toMatch(/Global|AzureCloud/)
  })

  it('offers only the selected credential, or both if none is selected', () => {
    expect(steps(order(undefined, 'secret'))).toContain('New client secret')
    expect(steps(order(undefined, 'secret'))).not.toContain('certificate')
    expect(steps(order(undefined, 'certificate'))).not.toContain('New client secret')
    expect(steps(order())).toContain('Postkey can create a certificate')
  })

  it('explains that admin consent is given once: in the portal, by the script, or in step C', () => {
    expect(order().steps.at(-1)!.text).toContain('step C')
    for (const script of Object.values(order().scripts!)) expect(script).toContain('step C')
  })

  it('creates a secret in each script, but none if a certificate is requested', () => {
    const bySecret = order()
    const byCertificate = order(undefined, 'certificate')

    expect(bySecret.scripts!.azureCli).toContain('secret=$(az ad app credential reset')
    expect(bySecret.scripts!.graphPowerShell).toContain('Add-MgApplicationPassword')
    for (const script of Object.values(byCertificate.scripts!)) {
      expect(script).not.toMatch(/Add-MgApplicationPassword|secret=|\$secret/)
      expect(script).toContain('postkey.cer')
    }
    expect(steps(byCertificate)).toContain('Create no client secret')
    expect(steps(byCertificate)).not.toContain('New client secret')
  })
})
