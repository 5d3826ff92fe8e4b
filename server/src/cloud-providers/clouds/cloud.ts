import type { ServerAddress } from '../../kernel/server-address.ts'

/**
 * A Microsoft cloud as data: its endpoints and scope names. Four are built in; others, such as a local
 * sandbox, come from a file.
 */
export interface Cloud {
  id: string
  name: string
  /** Origin of the authorization server, such as `https://login.microsoftonline.com`. */
  authority: string
  /** Origin of Microsoft Graph. Bearer tokens for Graph are sent to no other host. */
  graphRoot: string
  /** Prefix of scopes including the slash, such as `https://graph.microsoft.com/` before `Mail.Read`. */
  scopePrefixes: Readonly<Record<Resource, string>>
  /** URL of the portal for app registrations. */
  portal: string
  imap: ServerAddress
  smtp: ServerAddress
  /** SMTP server of personal accounts; `smtp` if absent. */
  personalSmtp?: ServerAddress
  /** True if the cloud has personal accounts (outlook.com and others); only the global cloud has them. */
  personalAccounts: boolean
  /**
   * Environment names in Azure CLI (`az cloud set --name`) and Graph PowerShell (`-Environment`). Without them, Postkey
   * shows no such script or command, because it would connect to the company's real tenant in the global cloud.
   */
  scriptNames?: ScriptNames
  /** Allows plain HTTP, mail servers without TLS, and loopback addresses. Only for a cloud on this machine. */
  allowsHttpLoopback: boolean
  /** A certificate authority (PEM) trusted for this cloud in addition to those of Node. */
  ca?: string
}

export interface ScriptNames {
  azureCli: string
  graphPowerShell: string
}

/** Audience of an access token. One refresh token serves both; an access token is valid for one of them only. */
export type Resource = 'graph' | 'exchange'

export interface Clouds {
  list(): readonly Cloud[]
  /** @throws {AppError} `cloud_providers.cloud_unknown` */
  get(id: string): Cloud
}
