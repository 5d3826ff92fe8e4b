/** One event of a stream of server-sent events. */
export interface SentEvent {
  /** `message` without a field `event`. */
  name: string
  data: string
  /** Id in this event; not that of an earlier one. */
  id: string | undefined
  retryMs: number | undefined
}

/**
 * Parses a stream of server-sent events.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export async function* readSentEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<SentEvent, void, undefined> {
  const decoder = new TextDecoder()
  let rest = ''
  let fields: string[] = []
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true })
    // A carriage return at the end may be the first half of a line end.
    const lines = rest.split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop()!
    for (const line of lines) {
      if (line !== '') fields.push(line)
      else if (fields.length > 0) {
        yield toEvent(fields)
        fields = []
      }
    }
  }
}

function toEvent(lines: readonly string[]): SentEvent {
  const values = new Map<string, string[]>()
  for (const line of lines) {
    const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line)!
    values.set(name!, [...(values.get(name!) ?? []), value])
  }
  const retry = values.get('retry')?.at(-1)
  return {
    name: values.get('event')?.at(-1) ?? 'message',
    data: (values.get('data') ?? []).join('\n'),
    id: values.get('id')?.at(-1),
    retryMs: retry !== undefined && /^\d+$/.test(retry) ? Number(retry) : undefined,
  }
}
