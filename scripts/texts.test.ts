import { globSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'

const catalogs = globSync('server/src/**/texts.ts').sort()
const sourcesOf = (folder: string) =>
  globSync(`${folder}/**/*.ts`)
    .filter((file) => !file.endsWith('/texts.ts') && !file.includes('.test.'))
    .map((file) => ({ file, source: readFileSync(file, 'utf8') }))

describe('the catalog of texts', () => {
  it('exists in each room that shows texts', () => {
    expect(catalogs.map((file) => dirname(file).slice('server/src/'.length))).toEqual(
      expect.arrayContaining([
        'alerts',
        'cli',
        'cloud-providers',
        'disk-space',
        'doctor',
        'email-accounts',
        'http',
        'http/oauth',
        'incidents',
        'mail',
        'principals',
        'servers',
      ]),
    )
  })

  it.each(catalogs)('has no unused text: %s', async (file) => {
    const { TEXTS } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as {
      TEXTS: Readonly<Record<string, string>>
    }
    const sources = sourcesOf(dirname(file)).map(({ source }) => source)

    const isShown = (key: string) => sources.some((source) => new RegExp(String.raw`\bTEXTS\.${key}\b`).test(source))
    expect(Object.keys(TEXTS).filter((key) => !isShown(key))).toEqual([])
  })

  /** Files whose strings users read, beside the lines of the doctor and of the checks. */
  const WRITERS = [
    'server/src/alerts/relay-test.ts',
    'server/src/cli/api-key/create.ts',
    'server/src/cli/api-key/list.ts',
    'server/src/cli/api-key/revoke.ts',
    'server/src/cli/cloud-provider/list.ts',
    'server/src/cli/cloud-provider/show.ts',
    'server/src/cli/completion.ts',
    'server/src/cli/config-check.ts',
    'server/src/cli/doctor.ts',
    'server/src/cli/email-account/check.ts',
    'server/src/cli/email-account/email-account.ts',
    'server/src/cli/email-account/list.ts',
    'server/src/cli/email-account/pause.ts',
    'server/src/cli/email-account/show.ts',
    'server/src/cli/find-verb.ts',
    'server/src/cli/help.ts',
    'server/src/cli/inputs.ts',
    'server/src/cli/keys.ts',
    'server/src/cli/run-cli.ts',
    'server/src/cli/status.ts',
    'server/src/cli/usage.ts',
    'server/src/cli/user/create-admin.ts',
    'server/src/cli/user/list.ts',
    'server/src/cli/user/printed-link.ts',
    'server/src/cli/user/reset-password.ts',
    'server/src/cloud-providers/clouds/permissions.ts',
    'server/src/cloud-providers/credentials/expiry.ts',
    'server/src/cloud-providers/work-orders/work-order.ts',
    'server/src/disk-space/disk-space.ts',
    'server/src/doctor/report.ts',
    'server/src/email-accounts/test-mail.ts',
    'server/src/http/canonical-address.ts',
    'server/src/http/faults.ts',
    'server/src/http/oauth/result.ts',
    'server/src/http/problem.ts',
    'server/src/http/unreadable-requests.ts',
    'server/src/incidents/account-troubles.ts',
    'server/src/incidents/alert-words.ts',
    'server/src/incidents/words.ts',
    'server/src/mail/answer.ts',
    'server/src/principals/application-access.ts',
    'server/src/servers/effect.ts',
  ]
  /** A literal that begins like a sentence, outside log entries, API descriptions and HTTP headers. */
  const SENTENCE =
    /(?<!log\.\w+\([^\n]*|describe\()['`](?:\[Postkey\] )?[A-Z][a-z’]+ (?:[a-z’]{2,}(?![a-z=])|\$\{)[^'`\n]*/g

  it.each(WRITERS)('has all sentences of %s', (file) => {
    const code = readFileSync(file, 'utf8').replaceAll(/^\s*(?:\/?\*|\/\/).*$/gm, '')
    expect(code.match(SENTENCE) ?? []).toEqual([])
  })

  it('has the expected value of each invalid field', () => {
    const found = sourcesOf('server/src/http').flatMap(({ file, source }) =>
      [
        ...source.matchAll(
          /\.regex\([^\n]*, ['`]\w|\.refine\([^\n]*(?:error|message): ['`]|^ +(?:error|message): ['`]/gm,
        ),
      ].map(([literal]) => `${file}: ${literal}`),
    )
    expect(found).toEqual([])
  })

  /** A literal in a place where a line of the doctor or of a check takes its title. */
  const LITERAL = /\b(?:ok|spared|heldUp|later|line)\([^()]*['`][A-Z][^'`]* |\b(?:title|words|fix)(?::| =) ['`][A-Z$]/g

  it.each(['doctor', 'cloud-providers', 'email-accounts', 'principals'])('has all titles of its lines: %s', (room) => {
    const found = sourcesOf(`server/src/${room}`).flatMap(({ file, source }) =>
      [...source.matchAll(LITERAL)].map(([literal]) => `${file}: ${literal}`),
    )
    expect(found).toEqual([])
  })

  it('quotes only labels of the web UI', () => {
    const uiTexts = globSync('web/src/words/en/*.ts')
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n')
    const quoted = catalogs.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/"([A-Z][^"{]*?) ?(?:\{\w+\})?"/g)].map(([, label]) => label!),
    )
    expect(quoted).toContain('Acknowledge')
    expect(quoted.filter((label) => !uiTexts.includes(label))).toEqual([])
  })
})
