import { isIPv6 } from 'node:net'
import { parse } from 'tldts'
import { isErrorCode } from '../../kernel/errors.ts'

/** Public hosts of Microsoft, which are the same for all its customers. A dot at the start includes subdomains. */
const PUBLIC_HOSTS = [
  ...['.microsoft.com', '.microsoft.us', '.office365.com', '.office365.us'],
  ...['login.microsoftonline.com', 'login.microsoftonline.us', 'login.partner.microsoftonline.cn'],
  ...['outlook.office.com', 'smtp-mail.outlook.com', 'partner.outlook.cn', 'microsoftgraph.chinacloudapi.cn'],
  ...['portal.azure.com', 'portal.azure.us', 'portal.azure.cn', 'aka.ms', 'localhost'],
]
/** Endings of hosts in private networks. Others are in the public suffix list. */
const PRIVATE_ENDINGS = [
  'corp',
  'example',
  'home',
  'intern',
  'internal',
  'intranet',
  'lan',
  'local',
  'localdomain',
  'test',
]
const LOOPBACK = ['127.0.0.1', '0.0.0.0', '::1', '::']

const IPV4 = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d]|\.\d)/g
/** Candidate for an IPv6 address, with a zone or a port. */
const IPV6 = /(?<![\p{L}\p{N}:.])[\da-f:]*:[\da-f:]*:[\da-f:.]*[\da-f:](?:%\w+)?/giu
/** A permission such as Mail.Read isn't a host: its last word begins with a capital letter. */
const HOST = /(?<![\p{L}\p{N}-])(?:[\p{L}\p{N}-]+\.)+(?:xn--[\da-z-]+|\p{Ll}{2,}|\p{Lu}{2,})(?![\p{L}\p{N}_-])/gu
/** A host at a known place, also one of a single word. */
const PLACES = [
  /(?<=\b[a-z][\w+.-]*:\/\/(?:\[removed\]@)?)[\p{L}\p{N}_.-]+/giu,
  /(?<=\b(?:EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENODATA|ENOTFOUND|ETIMEDOUT) )[\p{L}\p{N}_.-]+/gu,
]

/** Replaces addresses and names of hosts, except public ones of Microsoft. */
export function hideHosts(text: string): string {
  const withoutAddresses = text.replaceAll(IPV6, labelOfIpv6).replaceAll(IPV4, labelOfAddress)
  return PLACES.reduce((left, place) => left.replaceAll(place, labelOfHost), withoutAddresses).replaceAll(
    HOST,
    (name) => (isHost(name) ? labelOfHost(name) : name),
  )
}

function labelOfAddress(address: string): string {
  return LOOPBACK.includes(address) ? address : '[IP address]'
}

/** Leaves times such as 10:20:30, and the port of an address. */
function labelOfIpv6(found: string): string {
  const [, address = found, port = ''] = /^(.*[^:]):(\d+)$/.exec(found) ?? []
  if (LOOPBACK.includes(address)) return found
  if (isIPv6(found)) return labelOfAddress(found)
  return isIPv6(address) ? `${labelOfAddress(address)}:${port}` : found
}

function labelOfHost(name: string): string {
  const host = name.toLowerCase()
  const isPublic = PUBLIC_HOSTS.some((each) => (each.startsWith('.') ? host.endsWith(each) : host === each))
  return isPublic || LOOPBACK.includes(host) ? name : '[host]'
}

function isHost(name: string): boolean {
  if (isErrorCode(name)) return false
  const { isIcann, publicSuffix } = parse(name)
  return isIcann === true || PRIVATE_ENDINGS.includes(publicSuffix ?? '')
}
