import { plainAddress } from '../kernel/client-network.ts'
import type { RequestOrigin } from './security-mail.ts'
import type { SignInClient } from './session.ts'

/** Browsers by their mark in `User-Agent`. The first match counts: Edge and Opera also name Chrome, and Chrome Safari. */
const BROWSERS: [RegExp, string][] = [
  [/\bEdg(e|A|iOS)?\//, 'Edge'],
  [/\b(OPR|Opera)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS|HeadlessChrome)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
  [/\bcurl\//, 'curl'],
]

/** Systems; Android names Linux, and an iPhone macOS. */
const SYSTEMS: [RegExp, string][] = [
  [/\bWindows\b/, 'Windows'],
  [/\bAndroid\b/, 'Android'],
  [/\b(iPhone|iPod)\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b|\bX11\b/, 'Linux'],
]

/** Browser and system of a device, as far as `User-Agent` tells (RFC 9110 §10.1.5): clients send what they want. */
export interface Device {
  browser: string | undefined
  system: string | undefined
}

export function deviceOf(userAgent: string): Device {
  const match = (marks: [RegExp, string][]) => marks.find(([mark]) => mark.test(userAgent))?.[1]
  return { browser: match(BROWSERS), system: match(SYSTEMS) }
}

/** Address and device of a request, for audit entries. */
export function originOf({ clientAddress, userAgent }: SignInClient): { address: string; device: string } {
  return { address: plainAddress(clientAddress), device: deviceName(userAgent) }
}

/** The same, for emails. */
export function mailOrigin(client: SignInClient): RequestOrigin {
  const { address, device } = originOf(client)
  return { clientAddress: address, ...(device !== '' && { device }) }
}

/** Short name of a device for records: `Firefox, Windows`; empty when unknown. */
export function deviceName(userAgent = ''): string {
  const { browser, system } = deviceOf(userAgent)
  return [browser, system].filter((part) => part !== undefined).join(', ')
}
