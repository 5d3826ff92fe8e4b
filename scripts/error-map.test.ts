/**
 * Whatever Microsoft may say has words. Held on two sides: against the lists of codes that are written down here, and
 * against what the sandbox can say, whose source is read as text because it shares no line with the server.
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

describe('the map of Microsoft’s codes', () => {
  it('has every number of Entra ID that is written down', () => {
    expect(words(ENTRA).filter((code) => !isMapped(code))).toEqual([])
  })

  it('has every code of Graph that is written down', () => {
    expect(words(GRAPH).filter((code) => !isMapped(code))).toEqual([])
  })

  it('calls a code of Graph what the transport calls it', () => {
    const codes = ERROR_MAP.flatMap(({ codes }) =>
      codes.map((code) => ({ code: String(code), means: errorOfMicrosoft(code) })),
    )
    const translated = (code: string, status: number) =>
      graphError({ status, headers: new Headers(), body: { error: { code } }, now: new Date(0) }).code
    // What is translated the same whatever the status is translated by its code.
    const known = codes.filter(({ code }) => translated(code, 400) === translated(code, 507))

    expect(known.length).toBeGreaterThan(30)
    expect(known.filter(({ code, means }) => translated(code, 400) !== means)).toEqual([])
  })

  it('has every number that the sandbox’s Entra ID can say', () => {
    const text = readFileSync('sandbox/src/entra-id/aadsts-table.ts', 'utf8')
    const numbers = [...text.matchAll(/^(\d{4,9}) \|/gm)].map(([, number]) => number!)

    expect(numbers.length).toBeGreaterThan(100)
    expect(numbers.filter((code) => !isMapped(code))).toEqual([])
  })

  it('has every code that the sandbox’s Graph can say', () => {
    const said = codesOfGraph()

    // The pattern still finds what there is: a code of each way in which the sandbox writes one.
    expect(said).toEqual(
      expect.arrayContaining(['ErrorAccessDenied', 'ApplicationThrottled', 'ErrorExceededMessageLimit']),
    )
    expect(said.filter((code) => !isMapped(code))).toEqual([])
  })
})

describe('what the sandbox says by SMTP', () => {
  const said = repliesOfSmtp()

  it('is found in its source, replies of each kind', () => {
    expect(said.length).toBeGreaterThan(20)
    for (const reply of ['535 5.7.3 ', '550 5.7.60 ', '432 4.3.2 ', '554 5.2.252 ', '421 4.3.2 ', '550 Mailbox']) {
      expect(said.some((each) => each.startsWith(reply))).toBe(true)
    }
  })

  it.each(said)('has words: %s', (response) => {
    const responseCode = Number(response.slice(0, 3))
    const error = Object.assign(new Error(response), { response, responseCode })
    const heard =
      responseCode === 535 || responseCode === 454 || responseCode === 504
        ? loginError(error, 'token')
        : responseCode === 421
          ? connectError(error)
          : (sendError(error, { phase: 'body' }) as { code: string; upstream?: { code?: string } })

    // A sentence without an enhanced code has one meaning, and that is not the general one.
    const code = heard.upstream?.code
    if (code === undefined) expect(heard.code).not.toMatch(/smtp_message_refused|smtp_unavailable/)
    else expect(code).toSatisfy(isMapped)
  })
})

describe('what the sandbox says by IMAP', () => {
  const said = refusalsOfImap()

  it('is found in its source', () => {
    expect(said.length).toBeGreaterThan(4)
    expect(said.join('\n')).toMatch(/Request is throttled/)
  })

  it.each(said)('has words, and not only that something was refused: %s', (text) => {
    const [, serverResponseCode] = /^\[([A-Z]+)\]/.exec(text) ?? []
    const authenticationFailed = text === 'AUTHENTICATE failed.'
    const overheard = { refusals: [text], bye: text, throttledMs: undefined, timedOut: false }
    const heard = imapError(Object.assign(new Error('closed'), { serverResponseCode, authenticationFailed }), {
      ...{ during: authenticationFailed ? ('opening' as const) : ('working' as const), opener: 'owner' as const },
      ...{ now: new Date(0), overheard },
    })

    if (heard.upstream?.code === undefined) expect(WEATHER.test(text)).toBe(true)
    else expect(heard.upstream.code).toSatisfy(isMapped)
  })
})

/** Goodbyes that need no words: the connection is opened again. */
const WEATHER = /^(Connection (is )?closed\. 1\d|Microsoft Exchange Server IMAP4 server signing off)/

/** Literals in the source of the sandbox's SMTP and of its faults that are replies: `550 5.1.8 …`. */
function repliesOfSmtp(): string[] {
  const texts = globSync('sandbox/src/{exchange-online/{smtp,transport},faults/{smtp,graph}}/*.ts')
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => readFileSync(file, 'utf8'))
  const found = texts.flatMap((text) =>
    [...text.matchAll(/['"`]([45]\d\d (?:\d\.\d+\.\d+ |Mailbox)[^'"`]*?)(?:\$\{|['"`])/g)].map(([, reply]) => reply!),
  )
  // What others' servers say comes back as a report and not as a reply.
  return [...new Set(found)].filter((reply) => !NOT_OF_SUBMISSION.test(reply)).sort()
}

/** Of delivery to others, and of what comes in from outside. */
const NOT_OF_SUBMISSION =
  /RESOLVER\.ADR\.RecipientNotFound|Hop count|NonExistentDomain|5\.7\.54|5\.4\.1 |5\.1\.10 |^503 /

/** What IMAP's faults answer with, and its goodbyes. */
function refusalsOfImap(): string[] {
  const texts = globSync('sandbox/src/faults/{imap,graph}/*.ts').map((file) => readFileSync(file, 'utf8'))
  const ways = [/text: '([^']+)'/g, /text: `([^`]+)`/g]
  const said = texts.flatMap((text) => ways.flatMap((way) => [...text.matchAll(way)].map(([, sentence]) => sentence!)))
  const server = readFileSync('sandbox/src/exchange-online/imap/imap-server.ts', 'utf8')
  const ends = [...server.matchAll(/(?:end\(|= )'([A-Z][^']* [^']+)'/g)].map(([, sentence]) => sentence!)
  return [...new Set([...said, ...ends].map((text) => text.replace(/\$\{\w+\}/g, '1000')))].sort()
}

/**
 * The codes in the source of the sandbox's Graph and of its faults: the second argument of a `GraphError`, a `code:` of an
 * answer, and every literal that is called as Graph calls its errors.
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

/** Literals of that form that never leave the sandbox as a code. */
const NOT_OF_GRAPH = new Set<string>([])

function words(text: string): string[] {
  return text.trim().split(/\s+/)
}
