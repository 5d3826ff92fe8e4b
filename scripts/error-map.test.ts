/**
 * Checks that every Microsoft code has a text: the codes listed below, and all codes of the sandbox. The sandbox's
 * source is read as text, because the sandbox shares no code with the server.
 */
import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ERROR_MAP } from '../server/src/error-map/index.ts'
import { errorOfMicrosoft } from '../server/src/kernel/errors.ts'
import { graphError } from '../server/src/transports/graph/graph-errors.ts'
import { imapError } from '../server/src/transports/imap/imap-errors.ts'
import { connectError, loginError, sendError } from '../server/src/transports/smtp/smtp-errors.ts'

const mapped = new Set(ERROR_MAP.flatMap(({ codes }) => codes.map((code) => String(code).toLowerCase())))
const isMapped = (code: number | string) => mapped.has(String(code).toLowerCase())

/** @see https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
const ENTRA = `
16000 28000 28002 28003 50011 500112 500113 50020 50034 50053 50055 50056 50057 50058 50059 50072 50074 50076 50078 50079
50097 50129 50105 50126 50128 50131 50132 50133 50135 50140 50199 50147 501481 501491 50173 50194 50196 53000 53001 53003
530003 530032 530035 54005 65001 65002 65004 65005 650052 650053 650056 650057 70000 70001 7000112 70002 70003 70005 700054
70007 70008 70011 70016 70017 70018 70019 70020 70043 70044 700003 700005 700016 700022 700023 700025 700027 70021 700213
700081 700082 700084 7000114 7000215 7000218 7000222 7000229 90002 90008 90014 900144 90019 90023 90033 90024 90006 90012
50033 90038 90043 900382 900432 90055 90072 90094 90095 90133 9001023 901002 9002313 9002325 9002326 9002327 9002332 500011
500133 500208 500212 500213 240002 1002016`

/** @see https://learn.microsoft.com/graph/errors */
const GRAPH = `
ErrorInvalidIdMalformed InefficientFilter ErrorInvalidRecipients ErrorMimeContentInvalidBase64String RequestBodyRead BadRequest
ErrorExecuteSearchStaleData InvalidAuthenticationToken ErrorAccessDenied ErrorSendAsDenied Authorization_RequestDenied
ErrorItemNotFound MailboxNotEnabledForRESTAPI ErrorInvalidUser ErrorNonExistentMailbox Request_ResourceNotFound
ResourceNotFound Conflict ErrorIrresolvableConflict resyncRequired syncStateNotFound ErrorMessageSizeExceeded
ApplicationThrottled activityLimitReached TooManyRequests ErrorExceededMessageLimit ErrorInternalServerError
serviceNotAvailable UnknownError ErrorServerBusy MailboxInfoStale ErrorQuotaExceeded quotaLimitReached`

describe("the map of Microsoft's codes", () => {
  it('has every listed number of Entra ID', () => {
    expect(words(ENTRA).filter((code) => !isMapped(code))).toEqual([])
  })

  it('has every listed code of Graph', () => {
    expect(words(GRAPH).filter((code) => !isMapped(code))).toEqual([])
  })

  it('translates a Graph code to the same error as the transport', () => {
    const codes = ERROR_MAP.flatMap(({ codes }) =>
      codes.map((code) => ({ code: String(code), means: errorOfMicrosoft(code) })),
    )
    const translated = (code: string, status: number) =>
      graphError({ status, headers: new Headers(), body: { error: { code } }, now: new Date(0) }).code
    // Codes that are translated identically for every HTTP status; only these are translated by code.
    const known = codes.filter(({ code }) => translated(code, 400) === translated(code, 507))

    expect(known.length).toBeGreaterThan(30)
    expect(known.filter(({ code, means }) => translated(code, 400) !== means)).toEqual([])
  })

  it("has every error number of the sandbox's Entra ID", () => {
    const text = readFileSync('sandbox/src/entra-id/aadsts-table.ts', 'utf8')
    const numbers = [...text.matchAll(/^(\d{4,9}) \|/gm)].map(([, number]) => number!)

    expect(numbers.length).toBeGreaterThan(100)
    expect(numbers.filter((code) => !isMapped(code))).toEqual([])
  })

  it("has every error code of the sandbox's Graph", () => {
    const said = codesOfGraph()

    // Proves that the patterns still match: one code for each notation in the sandbox's source.
    expect(said).toEqual(
      expect.arrayContaining(['ErrorAccessDenied', 'ApplicationThrottled', 'ErrorExceededMessageLimit']),
    )
    expect(said.filter((code) => !isMapped(code))).toEqual([])
  })
})

describe('SMTP replies of the sandbox', () => {
  const said = repliesOfSmtp()

  it('are found in its source, with every kind of reply', () => {
    expect(said.length).toBeGreaterThan(20)
    for (const reply of ['535 5.7.3 ', '550 5.7.60 ', '432 4.3.2 ', '554 5.2.252 ', '421 4.3.2 ', '550 Mailbox']) {
      expect(said.some((each) => each.startsWith(reply))).toBe(true)
    }
  })

  it.each(said)('are explained: %s', (response) => {
    const responseCode = Number(response.slice(0, 3))
    const error = Object.assign(new Error(response), { response, responseCode })
    const heard =
      responseCode === 535 || responseCode === 454 || responseCode === 504
        ? loginError(error, 'token')
        : responseCode === 421
          ? connectError(error)
          : (sendError(error, { phase: 'body' }) as { code: string; upstream?: { code?: string } })

    // A reply without an enhanced code has one specific meaning, never the general one.
    const code = heard.upstream?.code
    if (code === undefined) expect(heard.code).not.toMatch(/smtp_message_refused|smtp_unavailable/)
    else expect(code).toSatisfy(isMapped)
  })
})

describe('IMAP replies of the sandbox', () => {
  const said = refusalsOfImap()

  it('are found in its source', () => {
    expect(said.length).toBeGreaterThan(4)
    expect(said.join('\n')).toMatch(/Request is throttled/)
  })

  it.each(said)('are explained more precisely than as a refusal: %s', (text) => {
    const [, serverResponseCode] = /^\[([A-Z]+)\]/.exec(text) ?? []
    const authenticationFailed = text === 'AUTHENTICATE failed.'
    const overheard = { refusals: [text], bye: text, throttledMs: undefined, timedOut: false }
    const heard = imapError(Object.assign(new Error('closed'), { serverResponseCode, authenticationFailed }), {
      ...{
        during: authenticationFailed ? ('opening' as const) : ('working' as const),
        principalKind: 'owner' as const,
      },
      ...{ now: new Date(0), overheard },
    })

    if (heard.upstream?.code === undefined) expect(WEATHER.test(text)).toBe(true)
    else expect(heard.upstream.code).toSatisfy(isMapped)
  })
})

/** Goodbyes that need no explanation: the connection is reopened. */
const WEATHER = /^(Connection (is )?closed\. 1\d|Microsoft Exchange Server IMAP4 server signing off)/

/** Replies such as `550 5.1.8 …` among the literals in the source of the sandbox's SMTP server and faults. */
function repliesOfSmtp(): string[] {
  const texts = globSync('sandbox/src/{exchange-online/{smtp,transport},faults/{smtp,graph}}/*.ts')
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => readFileSync(file, 'utf8'))
  const found = texts.flatMap((text) =>
    [...text.matchAll(/['"`]([45]\d\d (?:\d\.\d+\.\d+ |Mailbox)[^'"`]*?)(?:\$\{|['"`])/g)].map(([, reply]) => reply!),
  )
  // Replies of other mail servers arrive as a delivery report, not as a reply.
  return [...new Set(found)].filter((reply) => !NOT_OF_SUBMISSION.test(reply)).sort()
}

/** Replies for delivery to other servers and for incoming external mail. */
const NOT_OF_SUBMISSION =
  /RESOLVER\.ADR\.RecipientNotFound|Hop count|NonExistentDomain|5\.7\.54|5\.4\.1 |5\.1\.10 |^503 /

/** Replies of IMAP faults, and goodbyes of the IMAP server. */
function refusalsOfImap(): string[] {
  const texts = globSync('sandbox/src/faults/{imap,graph}/*.ts').map((file) => readFileSync(file, 'utf8'))
  const ways = [/text: '([^']+)'/g, /text: `([^`]+)`/g]
  const said = texts.flatMap((text) => ways.flatMap((way) => [...text.matchAll(way)].map(([, sentence]) => sentence!)))
  const server = readFileSync('sandbox/src/exchange-online/imap/imap-server.ts', 'utf8')
  const ends = [...server.matchAll(/(?:end\(|= )'([A-Z][^']* [^']+)'/g)].map(([, sentence]) => sentence!)
  return [...new Set([...said, ...ends].map((text) => text.replace(/\$\{\w+\}/g, '1000')))].sort()
}

/**
 * Codes in the source of the sandbox's Graph and its faults: the second argument of a `GraphError`, a `code:` of a
 * response, and every literal with the form of a Graph error code.
 */
function codesOfGraph(): string[] {
  const files = globSync('sandbox/src/{exchange-online,faults,portal}/**/*.ts', {
    exclude: (name) => name.endsWith('.test.ts'),
  }).filter((file) => !file.endsWith('.test.ts'))
  const ways = [
    /new GraphError\(\s*(?:\d+|[\w.]+),\s*'([A-Za-z_]+)'/g,
    /\bcode: '([A-Za-z]+_?[A-Za-z]+)'/g,
    /'((?:Error[A-Z]|Mailbox[A-Z]\w+(?:API|Stale)|Authorization_|Request_|syncState|resyncR)\w*)'/g,
  ]
  const found = files.flatMap((file) => {
    const text = readFileSync(file, 'utf8')
    return ways.flatMap((way) => [...text.matchAll(way)].map(([, code]) => code!))
  })
  return [...new Set(found)].filter((code) => !NOT_OF_GRAPH.has(code)).sort()
}

/** Literals of that form that the sandbox never sends as a code. */
const NOT_OF_GRAPH = new Set<string>([])

function words(text: string): string[] {
  return text.trim().split(/\s+/)
}
