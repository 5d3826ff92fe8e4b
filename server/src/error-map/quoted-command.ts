import { type Parameter, PARAMETERS } from '../kernel/errors.ts'
import { inCommand, type KnownNames } from './known-names.ts'
import type { RemedyCommand, Shell } from './map-entry.ts'

/** Quotes for bash: inside single quotes, only the single quote is special. */
const sh = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`
/** Quotes for PowerShell, which also treats typographic single quotes as quotes. */
const ps = (text: string) => `'${text.replaceAll(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`

const QUOTE: Readonly<Record<Shell, (text: string) => string>> = {
  'azure-cli': sh,
  'graph-powershell': ps,
  'exchange-powershell': ps,
}

const HOLE = new RegExp(String.raw`\{(?:eq (\w+) )?(${PARAMETERS.join('|')})\}`, 'g')

/** Returns the command with its names, each quoted for the command's shell. */
export function quotedCommand({ shell, line }: RemedyCommand, names: KnownNames): string {
  return line.replaceAll(HOLE, (_hole, property: string | undefined, name: Parameter) => {
    const value = inCommand(name, names)
    // OData doubles its quote; the shell then quotes the whole filter (OData 4.01 URL conventions §5.1.1.14.1).
    return QUOTE[shell](property === undefined ? value : `${property} eq '${value.replaceAll("'", "''")}'`)
  })
}

const GLOBAL = { azureCli: 'AzureCloud', graphPowerShell: 'Global' }

/** Returns the line to run first, so that the command reaches the right organization. */
export function connectingLine({ shell, scopes }: RemedyCommand, names: KnownNames): string {
  const { scriptNames } = names
  if (scriptNames === 'none' && shell !== 'exchange-powershell') throw new TypeError(`no ${shell} for this cloud`)
  const { azureCli, graphPowerShell } = typeof scriptNames === 'object' ? scriptNames : GLOBAL
  const tenant = QUOTE[shell](inCommand('tenantId', names))
  switch (shell) {
    case 'azure-cli': {
      const login = `az login --tenant ${tenant} --allow-no-subscriptions`
      return azureCli === 'AzureCloud' ? login : `az cloud set --name ${sh(azureCli)}\n${login}`
    }
    case 'graph-powershell': {
      const environment = graphPowerShell === 'Global' ? '' : ` -Environment ${ps(graphPowerShell)}`
      return `Connect-MgGraph -TenantId ${tenant}${environment}${scopes === undefined ? '' : ` -Scopes ${scopes}`}`
    }
    case 'exchange-powershell':
      return 'Connect-ExchangeOnline'
  }
}
