/** Reads the JSON of `npm audit`. */

export interface Advisory {
  package: string
  severity: string
  titles: string[]
}

export type AuditReport =
  | { outcome: 'checked'; advisories: Advisory[] }
  /** The registry didn't answer, or has no advisories: nothing is known. */
  | { outcome: 'not-checked'; reason: string }

interface NpmAudit {
  message?: string
  error?: { summary?: string; code?: string }
  vulnerabilities?: Record<string, { severity: string; via: (string | { title: string })[] }>
}

export function readAuditReport(output: string): AuditReport {
  const report = parse(output)
  if (report === undefined) return { outcome: 'not-checked', reason: 'npm printed no JSON' }
  const { vulnerabilities, message, error } = report
  if (!vulnerabilities) {
    return { outcome: 'not-checked', reason: message || error?.summary || error?.code || 'no answer of the registry' }
  }
  const advisories = Object.entries(vulnerabilities).map(([name, { severity, via }]) => ({
    package: name,
    severity,
    titles: via.flatMap((cause) => (typeof cause === 'string' ? [] : [cause.title])),
  }))
  return { outcome: 'checked', advisories }
}

function parse(output: string): NpmAudit | undefined {
  try {
    const value: unknown = JSON.parse(output)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
