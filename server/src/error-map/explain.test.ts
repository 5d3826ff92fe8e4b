import fc from 'fast-check'
import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { errorOfMicrosoft } from '../kernel/errors.ts'
import { ERROR_MAP } from './error-map.ts'
import { explain } from './explain.ts'
import type { KnownNames } from './known-names.ts'
import { quotedCommand } from './quoted-command.ts'

const NAMES: KnownNames = {
  clientId: '11111111-2222-3333-4444-555555555555',
  tenantId: '99999999-2222-3333-4444-555555555555',
  address: 'support@contoso.example',
  person: 'anna@contoso.example',
  redirectUri: 'https://mail.example.com/oauth/callback',
}

describe('an explanation', () => {
  it('contains the cause, the responsible role, the place and the command, with real names', () => {
    const explained = explain('transports.access_denied', { status: 403, code: 'ErrorAccessDenied' }, NAMES)

    expect(explained).toMatchObject({ said: 'ErrorAccessDenied', who: 'entra-admin' })
    expect(explained?.cause).toContain('anna@contoso.example into support@contoso.example')
    expect(explained?.commands).toEqual([
      {
        shell: 'exchange-powershell',
        text: `Connect-ExchangeOnline
Get-MailboxPermission -Identity 'support@contoso.example' -User 'anna@contoso.example'
Add-MailboxPermission -Identity 'support@contoso.example' -User 'anna@contoso.example' -AccessRights FullAccess`,
      },
    ])
  })

  it('uses the first number in the map, and links Microsoft’s page about it', () => {
    expect(explain('tokens.grant_ended', { errorCodes: [999_999, 50173] }, NAMES)).toMatchObject({
      said: 'AADSTS50173',
      who: 'person',
      whoWords: 'anna@contoso.example',
      lookupUrl: 'https://login.microsoftonline.com/error?code=50173',
    })
  })

  it('is found for a Graph code in either spelling', () => {
    expect(explain('transports.throttled', { code: 'applicationThrottled' })?.who).toBe('microsoft')
  })

  it('is found by Postkey’s own code when Microsoft’s code is not stored', () => {
    expect(explain('cloud_providers.secret_expired', undefined, NAMES)).toMatchObject({
      said: undefined,
      who: 'app-developer',
    })
  })

  it('is undefined for unknown codes, so the text of the catalog applies', () => {
    expect(explain('tokens.grant_ended', { error: 'invalid_grant', errorCodes: [424_242] }, NAMES)).toBeUndefined()
    expect(explain('no.such_code', undefined)).toBeUndefined()
  })

  it('uses a generic term for an unknown name, and a placeholder in the command', () => {
    const explained = explain('transports.send_as_denied', { code: 'ErrorSendAsDenied' }, { address: 'a@b.example' })

    expect(explained?.cause).toBe('The person who signs in has no right to send as a@b.example.')
    expect(explained?.commands[0]?.text).toContain("-Trustee '<user name of the person>'")
  })

  it('contains the application’s own command when the principal is an application', () => {
    const explained = explain('transports.access_denied', undefined, { ...NAMES, principal: 'application' })

    expect(explained?.commands.map(({ text }) => text).join()).toContain('Test-ServicePrincipalAuthorization')
    expect(explained?.commands.map(({ text }) => text).join()).not.toContain('Add-MailboxPermission')
  })

  it('connects to the national cloud of the Cloud Provider', () => {
    const scriptNames = { azureCli: 'AzureUSGovernment', graphPowerShell: 'USGov' }
    const textOf = (code: number) =>
      explain('x', { errorCodes: [code] }, { ...NAMES, scriptNames })
        ?.commands.map(({ text }) => text)
        .join('\n')

    expect(textOf(7000222)).toContain("az cloud set --name 'AzureUSGovernment'")
    expect(textOf(50011)).toContain("-Environment 'USGov'")
  })

  it('omits commands for a cloud that Azure CLI and Graph PowerShell don’t know, because they would reach the global cloud', () => {
    const names = { ...NAMES, scriptNames: 'none' as const }
    const commands = ERROR_MAP.flatMap(
      ({ codes: [code] }) => explain('x', { errorCodes: [Number(code)] }, names)?.commands ?? [],
    )
    const ofExchange = explain('transports.access_denied', undefined, names)?.commands ?? []

    expect(commands.map(({ shell }) => shell)).not.toContain('azure-cli')
    expect(commands.map(({ shell }) => shell)).not.toContain('graph-powershell')
    expect(ofExchange.map(({ shell }) => shell)).toContain('exchange-powershell')
  })

  it('quotes the name of a cloud for its shell', () => {
    const scriptNames = { azureCli: "Private'Cloud", graphPowerShell: "Private'Cloud" }
    const texts = [7000222, 50011].flatMap(
      (code) => explain('x', { errorCodes: [code] }, { ...NAMES, scriptNames })?.commands.map(({ text }) => text) ?? [],
    )
    expect(texts.join('\n')).toContain(String.raw`az cloud set --name 'Private'\''Cloud'`)
    expect(texts.join('\n')).toContain("-Environment 'Private''Cloud'")
  })
})

describe("the map of Microsoft's codes", () => {
  const rows = ERROR_MAP.flatMap((entry) => entry.codes.map((code) => [code, entry] as const))

  it('contains each code once', () => {
    const codes = rows.map(([code]) => String(code).toLowerCase())

    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([])
  })

  it.each(rows)('has a full-sentence cause and instruction, without apologies, for %s', (code, { cause, where }) => {
    expect(cause).toMatch(/^[A-Z{].*\.$/s)
    expect(where).toMatch(/^[A-Z].*\.$/s)
    expect(`${cause} ${where}`).not.toMatch(/\bplease\b|\boops\b|!/i)
    expect(errorOfMicrosoft(code)).toBeDefined()
  })

  it.each(rows)('fills every parameter in its texts: %s', (code) => {
    const upstream = typeof code === 'number' ? { errorCodes: [code] } : { code }
    for (const names of [{}, NAMES]) {
      const { cause, where, whoWords, commands } = explain('x', upstream, names)!

      expect([cause, where, whoWords, ...commands.map(({ text }) => text)].join('\n')).not.toMatch(
        /\{(\w+|eq \w+ \w+)\}/,
      )
    }
  })
})

describe('a command with quoted names', () => {
  const HOSTILE = [
    `'; rm -rf / #`,
    `$(reboot)`,
    '`id`',
    `a' or 1 eq 1 or 'a`,
    `\u2019; Remove-Mailbox x; \u2018`,
    `"; ls; "`,
    `%PATH%`,
    'é ‚x‛',
  ]

  it.each(HOSTILE)('keeps a name inside its quotes in bash: %s', (person) => {
    expect(argumentsInBash(quotedCommand({ shell: 'azure-cli', line: 'az user {person} --end' }, { person }))).toEqual([
      'user',
      person,
      '--end',
    ])
  })

  it('keeps any name inside its quotes in bash and, by PowerShell’s quoting rules, in PowerShell', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (person) => {
        const line = quotedCommand({ shell: 'graph-powershell', line: 'Get {person} end' }, { person })
        const [before, inside, after] = readByPowerShell(line)
        // The name itself, or the placeholder if the name is not safe to show.
        expect([before, after]).toEqual(['Get ', ' end'])
        expect([person, '<user name of the person>']).toContain(inside)
      }),
    )
  })

  it('keeps a name inside its quotes in an OData filter', () => {
    const person = `a' or startswith(userPrincipalName,'b`
    const line = quotedCommand({ shell: 'graph-powershell', line: 'Get {eq userPrincipalName person}' }, { person })

    expect(readByPowerShell(line)[1]).toBe(`userPrincipalName eq 'a'' or startswith(userPrincipalName,''b'`)
  })

  it.each([
    ['a line end', 'a@b\nrm -rf /'],
    ['an escape sequence', 'a@b\u001b[2J'],
    ['a change of direction', 'a@b\u202egnp.exe'],
    ['a paragraph end', 'a@b\u2029x'],
    ['what looks like an option', '--query=x'],
    ['nothing', ''],
  ])('never shows a name with %s', (_what, person) => {
    expect(quotedCommand({ shell: 'azure-cli', line: 'az {person}' }, { person })).toBe(
      "az '<user name of the person>'",
    )
    expect(explain('x', { errorCodes: [50055] }, { person })?.cause).toContain('the person who signs in')
  })
})

/** Returns the arguments that bash itself parses, with `az` as a function that prints them. */
function argumentsInBash(command: string): string[] {
  const { stdout } = spawnSync('bash', ['-c', `az() { printf '%s\\0' "$@"; }\n${command}`], { encoding: 'utf8' })
  return stdout.split('\0').slice(0, -1)
}

/**
 * Splits a line at its verbatim string by PowerShell's grammar. The string ends at a single quote (typographic ones
 * included) that is not doubled.
 *
 * @see https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules
 */
function readByPowerShell(line: string): [string, string, string] {
  const isQuote = (at: number) => /['\u2018\u2019\u201a\u201b]/.test(line.charAt(at))
  const start = Array.from(line, (_, at) => at).findIndex(isQuote)
  let inside = ''
  for (let at = start + 1; at < line.length; at++) {
    if (!isQuote(at)) inside += line.charAt(at)
    else if (isQuote(at + 1)) inside += line.charAt(++at)
    else return [line.slice(0, start), inside, line.slice(at + 1)]
  }
  throw new Error('The string has no end')
}
