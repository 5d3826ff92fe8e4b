/**
 * Asks the npm registry for advisories about packages of a running Postkey. Usage: npm run advisories
 *
 * Exit codes: 0 none known, 1 some known, 3 not checked, because the registry didn't answer. No test runs it: the result
 * changes without a change here.
 */
import { spawnSync } from 'node:child_process'
import { readAuditReport } from './audit-report.ts'

const LIMIT_MS = 120_000

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
  encoding: 'utf8',
  timeout: LIMIT_MS,
  stdio: ['ignore', 'pipe', 'ignore'],
})
const report = readAuditReport(stdout)
if (report.outcome === 'not-checked') {
  console.log(`Not checked: the registry gave no advisories (${report.reason}). Run it where the registry answers.`)
  process.exitCode = 3
} else if (report.advisories.length === 0) {
  console.log('The registry knows no advisory about the packages of a running Postkey.')
} else {
  for (const { package: name, severity, titles } of report.advisories) {
    console.log(`${name} (${severity})${titles.length > 0 ? `: ${titles.join('; ')}` : ', by a package it needs'}`)
  }
  process.exitCode = 1
}
