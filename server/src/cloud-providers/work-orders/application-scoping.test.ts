import { describe, expect, it } from 'vitest'
import { scopingCommands } from './application-scoping.ts'

const provider = { name: "Contoso's mail", clientId: '11111111-2222-4333-8444-555555555555' }
const scriptNames = { azureCli: 'AzureUSGovernment', graphPowerShell: 'USGov' }
const protocols = { receives: 'graph', sends: 'graph', scriptNames } as const
const objectId = '99999999-2222-4333-8444-555555555555'

describe('the Exchange scoping commands', () => {
  it('contain each mailbox, each role, and the ids of the application', () => {
    const addresses = ['support@contoso.example', 'billing@contoso.example']
    const commands = scopingCommands({ provider, objectId, addresses, ...protocols })!

    expect(commands).toContain(
      "$filter = 'PrimarySmtpAddress -eq ''support@contoso.example'' -or PrimarySmtpAddress -eq ''billing@contoso.example'''",
    )
    for (const part of [
      `New-ServicePrincipal -AppId '${provider.clientId}' -ObjectId $objectId -DisplayName 'Contoso''s mail'`,
      'New-ManagementScope -Name $scope -RecipientRestrictionFilter $filter',
      "-Role 'Application Mail.ReadWrite' -App $objectId -CustomResourceScope $scope",
      "-Role 'Application Mail.Send' -App $objectId -CustomResourceScope $scope",
      "Test-ServicePrincipalAuthorization -Identity $objectId -Resource 'billing@contoso.example'",
      `$objectId = '${objectId}'`,
    ]) {
      expect(commands).toContain(part)
    }
  })

  it('request only read access if the mailbox does not send', () => {
    const commands = scopingCommands({
      provider,
      objectId,
      addresses: ['a@b.example'],
      ...protocols,
      sends: undefined,
    })
    expect(commands).toContain("'Application Mail.Read'")
    expect(commands).not.toContain('Mail.Send')
  })

  it('look up the enterprise application if its id is unknown', () => {
    const commands = scopingCommands({ provider, objectId: undefined, addresses: ['a@b.example'], ...protocols })
    expect(commands).toContain(`Get-MgServicePrincipal -Filter "appId eq '${provider.clientId}'"`)
  })

  it("look up the enterprise application in the provider's cloud, or not at all in a cloud without environment names", () => {
    const request = { provider, objectId: undefined, addresses: ['a@b.example'], ...protocols }
    expect(scopingCommands(request)).toContain('Connect-MgGraph -Environment USGov ')

    const sandbox = scopingCommands({ ...request, scriptNames: undefined })
    expect(sandbox).not.toContain('Connect-MgGraph')
    expect(sandbox).toContain("$objectId = '<Object ID of the enterprise application>'")
  })

  it('are undefined without a mailbox, because an empty scope would mean all mailboxes', () => {
    expect(scopingCommands({ provider, objectId, addresses: [], ...protocols })).toBeUndefined()
  })

  it.each(["o'brien@contoso.example", 'o\u2019brien@contoso.example', "x' -or Alias -like '*@contoso.example"])(
    'keep every value inside its quotes: %s',
    (address) => {
      const commands = scopingCommands({ provider, objectId, addresses: [address], ...protocols })!
      const line = commands.split('\n').find((one) => one.startsWith('$filter'))!
      // PowerShell reads a doubled quote of any kind as one quote.
      const [, quoted] = /^\$filter = '((?:[^'\u2018\u2019\u201a\u201b]|(['\u2018\u2019\u201a\u201b])\2)*)'$/.exec(
        line,
      )!
      const filter = quoted!.replaceAll(/(['\u2018\u2019\u201a\u201b])\1/g, '$1')
      // Exchange reads a doubled quote as one quote.
      const [, inner] = /^PrimarySmtpAddress -eq '((?:[^']|'')*)'$/.exec(filter)!
      expect(inner!.replaceAll("''", "'")).toBe(address)
    },
  )
})
