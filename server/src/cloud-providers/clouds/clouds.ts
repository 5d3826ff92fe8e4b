import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { hostAndPort, type ServerAddress } from '../../kernel/server-address.ts'
import type { Cloud, Clouds } from './cloud.ts'

/** Ports of Exchange Online: implicit TLS for IMAP, STARTTLS for SMTP, which is not offered at port 465. */
const imapAt = (host: string): ServerAddress => ({ host, port: 993, tls: 'implicit' })
const smtpAt = (host: string): ServerAddress => ({ host, port: 587, tls: 'starttls' })

/**
 * The four Microsoft clouds. GCC (not High) uses the global one.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud
 * @see https://learn.microsoft.com/graph/deployments
 * @see
 *   https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
 */
const BUILT_IN: readonly Cloud[] = [
  {
    id: 'global',
    name: 'Microsoft 365 (global and GCC)',
    authority: 'https://login.microsoftonline.com',
    graphRoot: 'https://graph.microsoft.com',
    scopePrefixes: { graph: 'https://graph.microsoft.com/', exchange: 'https://outlook.office.com/' },
    portal: 'https://portal.azure.com',
    imap: imapAt('outlook.office365.com'),
    smtp: smtpAt('smtp.office365.com'),
    personalSmtp: smtpAt('smtp-mail.outlook.com'),
    personalAccounts: true,
    scriptNames: { azureCli: 'AzureCloud', graphPowerShell: 'Global' },
    allowsHttpLoopback: false,
  },
  {
    id: 'gcc-high',
    name: 'US Government L4 (GCC High)',
    authority: 'https://login.microsoftonline.us',
    graphRoot: 'https://graph.microsoft.us',
    scopePrefixes: { graph: 'https://graph.microsoft.us/', exchange: 'https://outlook.office365.us/' },
    portal: 'https://portal.azure.us',
    imap: imapAt('outlook.office365.us'),
    smtp: smtpAt('smtp.office365.us'),
    personalAccounts: false,
    scriptNames: { azureCli: 'AzureUSGovernment', graphPowerShell: 'USGov' },
    allowsHttpLoopback: false,
  },
  {
    id: 'dod',
    name: 'US Government L5 (DoD)',
    authority: 'https://login.microsoftonline.us',
    graphRoot: 'https://dod-graph.microsoft.us',
    scopePrefixes: { graph: 'https://dod-graph.microsoft.us/', exchange: 'https://outlook.office365.us/' },
    portal: 'https://portal.azure.us',
    imap: imapAt('outlook-dod.office365.us'),
    smtp: smtpAt('outlook-dod.office365.us'),
    personalAccounts: false,
    scriptNames: { azureCli: 'AzureUSGovernment', graphPowerShell: 'USGovDoD' },
    allowsHttpLoopback: false,
  },
  {
    id: 'china',
    name: 'China (21Vianet)',
    authority: 'https://login.partner.microsoftonline.cn',
    graphRoot: 'https://microsoftgraph.chinacloudapi.cn',
    scopePrefixes: { graph: 'https://microsoftgraph.chinacloudapi.cn/', exchange: 'https://partner.outlook.cn/' },
    portal: 'https://portal.azure.cn',
    imap: imapAt('partner.outlook.cn'),
    smtp: smtpAt('partner.outlook.cn'),
    personalAccounts: false,
    scriptNames: { azureCli: 'AzureChinaCloud', graphPowerShell: 'China' },
    allowsHttpLoopback: false,
  },
]

/** Returns true for `localhost`, its subdomains, and loopback addresses. */
function isLoopback({ hostname }: URL): boolean {
  return isLoopbackName(hostname)
}

function isLoopbackName(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || /^(127\.|\[::1\]$)/.test(hostname)
}

const origin = z.url({ protocol: /^https?$/ }).refine((text) => new URL(text).origin === text, {
  error: 'must be an origin: scheme, host and port, without a slash at the end',
})
const scopePrefix = z.url().endsWith('/')
const serverAddress = z.strictObject({
  host: z.string().regex(/^[\w.-]+$/),
  port: z.int().min(1).max(65_535),
  tls: z.enum(['implicit', 'starttls', 'none']),
})

const CloudEntry = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
    name: z.string().min(1).max(100),
    authority: origin,
    graphRoot: origin,
    scopePrefixes: z.strictObject({ graph: scopePrefix, exchange: scopePrefix }),
    portal: z.url({ protocol: /^https?$/ }),
    imap: serverAddress,
    smtp: serverAddress,
    personalAccounts: z.boolean().default(false),
    scriptNames: z
      .strictObject({ azureCli: z.string().regex(/^\w+$/), graphPowerShell: z.string().regex(/^\w+$/) })
      .optional(),
    allowsHttpLoopback: z.boolean().default(false),
    ca: z.string().startsWith('-----BEGIN CERTIFICATE-----').optional(),
  })
  .superRefine(({ imap, smtp, allowsHttpLoopback }, context) => {
    for (const [name, { host, tls }] of Object.entries({ imap, smtp })) {
      if (tls !== 'none' || (allowsHttpLoopback && isLoopbackName(host))) continue
      context.addIssue({ code: 'custom', path: [name, 'tls'], message: 'must be implicit or starttls' })
    }
  })
  .superRefine(({ authority, graphRoot, allowsHttpLoopback }, context) => {
    for (const [name, text] of Object.entries({ authority, graphRoot })) {
      // Plain HTTP would expose the client secret and tokens on the network.
      const url = new URL(text)
      if (url.protocol === 'https:' && !isLoopback(url)) continue
      if (!isLoopback(url)) {
        context.addIssue({ code: 'custom', path: [name], message: 'must be https' })
      } else if (!allowsHttpLoopback) {
        context.addIssue({ code: 'custom', path: [name], message: 'is on this machine: set allowsHttpLoopback' })
      }
    }
  })

const CloudsFile = z.array(CloudEntry).max(20)

/**
 * Loads the built-in clouds and those of a JSON file, which must use other ids.
 *
 * @throws {AppError} `cloud_providers.clouds_file_invalid`, with the reason as its cause
 */
export async function loadClouds(file?: string): Promise<Clouds> {
  const own = file === undefined ? [] : await readCloudsFile(file)
  return createClouds([...BUILT_IN, ...own])
}

export function createClouds(clouds: readonly Cloud[]): Clouds {
  const byId = new Map(clouds.map((cloud) => [cloud.id, cloud]))
  if (byId.size < clouds.length) {
    throw new AppError('cloud_providers.clouds_file_invalid', {
      cause: new TypeError(`two clouds have the same id among ${clouds.map(({ id }) => id).join(', ')}`),
    })
  }
  return {
    list: () => clouds,
    get(id) {
      const cloud = byId.get(id)
      if (!cloud) throw new AppError('cloud_providers.cloud_unknown')
      return cloud
    },
  }
}

/**
 * Declared origins on this machine, which the egress guard allows. Large files use another host than Graph; on this
 * machine, that is another of its names at the same port.
 */
export function listLoopbackOrigins(clouds: Clouds): Set<string> {
  return new Set(
    clouds
      .list()
      .filter(({ allowsHttpLoopback }) => allowsHttpLoopback)
      .flatMap(({ authority, graphRoot }) => [authority, graphRoot, ...otherNamesOf(graphRoot)]),
  )
}

/** Declared mail servers on this machine, as `host:port`. */
export function listLoopbackServers(clouds: Clouds): Set<string> {
  return new Set(
    clouds
      .list()
      .filter(({ allowsHttpLoopback }) => allowsHttpLoopback)
      .flatMap(({ imap, smtp }) => [imap, smtp])
      .filter(({ host }) => isLoopbackName(host))
      .map(hostAndPort),
  )
}

/**
 * Returns true for a mail server of a cloud that is not on this machine. People sign in there and enter no password.
 */
export function isServerOfClouds(clouds: Clouds, host: string): boolean {
  return clouds
    .list()
    .flatMap(({ imap, smtp, personalSmtp }) => [imap, smtp, ...(personalSmtp ? [personalSmtp] : [])])
    .some((server) => !isLoopbackName(server.host) && server.host.toLowerCase() === host.toLowerCase())
}

/** Ids of clouds that are not on this machine: real tenants with real mail. */
export function cloudsElsewhere(clouds: Clouds): Set<string> {
  const elsewhere = clouds.list().filter(({ authority, graphRoot }) => ![authority, graphRoot].every(isOnThisMachine))
  return new Set(elsewhere.map(({ id }) => id))
}

function isOnThisMachine(origin: string): boolean {
  return isLoopback(new URL(origin))
}

function otherNamesOf(graphRoot: string): string[] {
  const url = new URL(graphRoot)
  if (!isLoopback(url)) return []
  return ['localhost', '127.0.0.1', '[::1]'].map((hostname) => Object.assign(new URL(url), { hostname }).origin)
}

async function readCloudsFile(file: string): Promise<Cloud[]> {
  try {
    return CloudsFile.parse(JSON.parse(await readFile(file, 'utf8'))).map(({ ca, scriptNames, ...cloud }) => ({
      ...cloud,
      ...(ca && { ca }),
      ...(scriptNames && { scriptNames }),
    }))
  } catch (error) {
    const cause = error instanceof z.ZodError ? new TypeError(z.prettifyError(error), { cause: error }) : error
    throw new AppError('cloud_providers.clouds_file_invalid', { cause })
  }
}
