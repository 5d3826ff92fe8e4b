/**
 * Supported account types with the portal's names: those of 2026, and the older ones that most instructions still use.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/supported-accounts-validation
 */
import type { SignInAudience } from '../../tenants/index.ts'

export interface SupportedAccountType {
  audience: SignInAudience
  label: string
  /** Former name in the portal. */
  formerly: string
  explanation: string
}

export function supportedAccountTypes(tenantName: string): readonly SupportedAccountType[] {
  return [
    {
      audience: 'AzureADMyOrg',
      label: `Single tenant only - ${tenantName}`,
      formerly: `Accounts in this organizational directory only (${tenantName} only - Single tenant)`,
      explanation: 'All user and guest accounts in your directory can use your application.',
    },
    {
      audience: 'AzureADMultipleOrgs',
      label: 'Multiple Entra ID tenants',
      formerly: 'Accounts in any organizational directory (Any Microsoft Entra ID tenant - Multitenant)',
      explanation: 'All users with a work or school account from Microsoft can use your application.',
    },
    {
      audience: 'AzureADandPersonalMicrosoftAccount',
      label: 'Any Entra ID Tenant + Personal Microsoft accounts',
      formerly:
        'Accounts in any organizational directory (Any Microsoft Entra ID tenant - Multitenant) and personal Microsoft accounts (e.g. Skype, Xbox)',
      explanation: 'All users with a work or school, or personal Microsoft account can use your application.',
    },
    {
      audience: 'PersonalMicrosoftAccount',
      label: 'Personal accounts only',
      formerly: 'Personal Microsoft accounts only',
      explanation: 'Only personal Microsoft accounts, such as those of outlook.com, can use your application.',
    },
  ]
}

export function supportedAccountType(audience: SignInAudience, tenantName: string): SupportedAccountType {
  const types = supportedAccountTypes(tenantName)
  return types.find((type) => type.audience === audience) ?? types[0]!
}
