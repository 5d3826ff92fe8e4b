/**
 * Checks docs/openapi.json (`npm run openapi`) by two linters: Spectral with its rules for OpenAPI, and Redocly with its
 * recommended ones. Warnings fail, too. Neither makes requests. Then compares it with the API of the last release.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import spectralCore, { type RulesetDefinition } from '@stoplight/spectral-core'
import spectralParsers from '@stoplight/spectral-parsers'
import rulesets from '@stoplight/spectral-rulesets'
import { breakComplaints } from './openapi/released-api.ts'

const FILE = join(import.meta.dirname, '../docs/openapi.json')

export async function complaintsAbout(source: string): Promise<string[]> {
  return [...(await bySpectral(source)), ...(await byRedocly(source))]
}

async function bySpectral(source: string): Promise<string[]> {
  const { Document, Spectral } = spectralCore
  const spectral = new Spectral()
  // A complete set of rules, which by its type still lacks `extends`.
  spectral.setRuleset({ extends: [rulesets.oas as unknown as RulesetDefinition] })
  const found = await spectral.run(new Document(source, spectralParsers.Json, 'openapi.json'))
  return found.map(({ code, path, message }) => `Spectral ${code} at ${path.join('/')}: ${message}`)
}

async function byRedocly(source: string): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended'] })
  const found = await lintFromString({ source, config, absoluteRef: 'openapi.json' })
  return found.map(({ ruleId, location, message }) => {
    return `Redocly ${ruleId} at ${location.map(({ pointer }) => pointer ?? '').join(' ')}: ${message}`
  })
}

if (import.meta.main) {
  const source = await readFile(FILE, 'utf8')
  const complaints = [...(await complaintsAbout(source)), ...breakComplaints(source)]
  for (const complaint of complaints) console.error(complaint)
  console.log(
    complaints.length === 0 ? 'openapi.json: no complaints of Spectral and Redocly, and no breaking change' : '',
  )
  process.exitCode = complaints.length === 0 ? 0 : 1
}
