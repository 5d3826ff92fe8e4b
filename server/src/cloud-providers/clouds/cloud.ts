import type { ServerAddress } from '../../kernel/server-address.ts'

/**
 * A Microsoft cloud, as data: where its parts are and how its scopes are called. Four are built in; others, such as a
 * local one to rehearse with, come from a file.
 */
export interface Cloud {
  id: string
  name: string
  /** Origin of the authorization server, such as `https://login.microsoftonline.com`. */
  authority: string
  /** Origin of Microsoft Graph. Bearer tokens for Graph go there and nowhere else. */
  graphRoot: string
  /** What scopes begin with, slash included: `https://graph.microsoft.com/` before `Mail.Read`. */
  scopePrefixes: Readonly<Record<Resource, string>>
  /** Where people register applications. */
  portal: string
  imap: ServerAddress
  smtp: ServerAddress
  /** Where personal accounts are sent from; `smtp` when absent. */
  personalSmtp?: ServerAddress
  /** outlook.com and the like live in the global cloud only. */
  personalAccounts: boolean
  /**
   * Environment names in Azure CLI (`az cloud set --name`) and Graph PowerShell (`-Environment`). Without them Postkey
   * shows no such script or command: it would connect to the global cloud, where the real tenant of the company is.
   */
  scriptNames?: ScriptNames
  /** Plain http, mail servers without TLS, and addresses of this machine: for a cloud on loopback only. */
  allowsHttpLoopback: boolean
  /** A certificate authority (PEM) that is trusted for this cloud besides those of Node. */
  ca?: string
}

export interface ScriptNames {
  azureCli: string
  graphPowerShell: string
}

/** What an access token is for. One refresh token serves both; a token of one is worth nothing at the other. */
export type Resource = 'graph' | 'exchange'

export interface Clouds {
  list(): readonly Cloud[]
  /** @throws {AppError} `cloud_providers.cloud_unknown` */
  get(id: string): Cloud
}
