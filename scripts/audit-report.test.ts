import { describe, expect, it } from 'vitest'
import { readAuditReport } from './audit-report.ts'

describe('the report of npm audit', () => {
  it('without advisories is a result', () => {
    expect(readAuditReport('{"auditReportVersion":2,"vulnerabilities":{},"metadata":{}}')).toEqual({
      outcome: 'checked',
      advisories: [],
    })
  })

  it('lists packages with the titles of their advisories', () => {
    const vulnerabilities = {
      minimist: { severity: 'critical', via: [{ title: 'Prototype Pollution in minimist' }] },
      mkdirp: { severity: 'high', via: ['minimist'] },
    }
    expect(readAuditReport(JSON.stringify({ vulnerabilities }))).toEqual({
      outcome: 'checked',
      advisories: [
        { package: 'minimist', severity: 'critical', titles: ['Prototype Pollution in minimist'] },
        { package: 'mkdirp', severity: 'high', titles: [] },
      ],
    })
  })

  it.each([
    [
      'a registry without advisories',
      '{"message":"405 Method Not Allowed","statusCode":405,"error":{"summary":"","detail":""}}',
      '405 Method Not Allowed',
    ],
    [
      'no network',
      '{"error":{"code":"EAI_AGAIN","summary":"request failed, reason: getaddrinfo EAI_AGAIN"}}',
      'request failed, reason: getaddrinfo EAI_AGAIN',
    ],
    ['no output', '', 'npm printed no JSON'],
  ])('with %s is no result, and never means that there are none', (_case, output, reason) => {
    expect(readAuditReport(output)).toEqual({ outcome: 'not-checked', reason })
  })
})
