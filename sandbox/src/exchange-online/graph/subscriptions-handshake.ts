import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import { GraphError } from './graph-error.ts'
import { type EndpointAnswer, NoAnswerError, type PostToEndpoint } from './notifications-endpoint.ts'

const PATIENCE_MS = 10_000

/**
 * Validates an endpoint: it must return the decoded token within ten seconds.
 *
 * The token has the format of Graph's, including blanks and a colon, so that an endpoint without decoding fails here.
 *
 * @throws GraphError 400 `ValidationError`, in Graph's words where they are known
 * @see https://learn.microsoft.com/graph/change-notifications-delivery-webhooks#notificationurl-validation
 */
export async function validateEndpoint(url: string, post: PostToEndpoint, signal: AbortSignal): Promise<void> {
  const token = `Validation: Testing client application reachability for subscription Request-Id: ${randomUUID()}`
  let answer: EndpointAnswer
  try {
    answer = await post(
      withQuery(url, new URLSearchParams({ validationToken: token })),
      { type: 'text/plain; charset=utf-8', body: '' },
      { timeoutMs: PATIENCE_MS, signal },
    )
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error
    throw failed(sentenceOn(error, url))
  }

  const { status, contentType, body } = answer
  if (status !== 200) {
    const name = (STATUS_CODES[status] ?? String(status)).replaceAll(/[^A-Za-z0-9]/g, '')
    throw failed(
      `Subscription validation request failed. HTTP status code is '${name}'. ` +
        'Notification endpoint must respond with 200 OK to validation request.',
    )
  }
  if (body !== token) {
    throw failed('Subscription validation request failed. Response must exactly match validationToken query parameter.')
  }
  if (!/^text\/plain\s*(;|$)/i.test(contentType)) {
    // The rule is documented; the wording is the sandbox's.
    throw failed(`Subscription validation request failed. Content type must be text/plain, not '${contentType}'.`)
  }
}

function sentenceOn({ reason }: NoAnswerError, url: string): string {
  switch (reason) {
    case 'timeout':
      return 'Subscription validation request timed out.'
    case 'not-loopback':
      return (
        'Subscription validation request failed. ' +
        `This sandbox calls endpoints on its own machine only, and '${new URL(url).hostname}' is elsewhere. ` +
        'The option --notify allows a host.'
      )
    case 'unreachable':
    case 'closing':
      return (
        'Subscription validation request failed. ' +
        'Notification endpoint must respond with 200 OK to validation request.'
      )
  }
}

function failed(message: string): GraphError {
  return new GraphError(400, 'ValidationError', message)
}

/** Appends parameters to the client's own query, which stays as it was written. */
function withQuery(url: string, more: URLSearchParams): string {
  const [address = ''] = url.split('#', 1)
  const separator = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&'
  return `${address}${separator}${more.toString()}`
}
