import type { DoctorLine, DoctorReport } from '../../api/client.ts'
import { client } from '../../api/generated/client.gen.ts'
import { toProblem, type Problem } from '../../api/problem.ts'

/** Content of one event of an examination. */
type ExaminationEvent =
  { line: DoctorLine } | { report: DoctorReport } | { problem: Pick<Problem, 'code' | 'title' | 'remedy' | 'fix'> }

interface Hearing {
  onLine: (line: DoctorLine) => void
  onReport: (report: DoctorReport) => void
  onProblem: (problem: Problem) => void
}

/**
 * Runs the doctor, reports each line as it arrives, and at the end the report or a problem. A stream that ends without
 * a report is a problem. Rejects without a response.
 */
export async function examine(
  account: string | undefined,
  sendTest: boolean,
  { onLine, onReport, onProblem }: Hearing,
  signal: AbortSignal,
): Promise<void> {
  const path =
    account === undefined ? '/v1/doctor/stream' : `/v1/email-accounts/${encodeURIComponent(account)}/doctor/stream`
  const { baseUrl = '' } = client.getConfig()
  const answer = await fetch(`${baseUrl}${path}`, {
    method: 'POST',
    signal,
    ...(account !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sendTest }),
    }),
  })
  if (!answer.ok || !answer.body) {
    onProblem(toProblem(await answer.json().catch(() => undefined), answer))
    return
  }
  let ended = false
  for await (const event of eventsOf(answer.body)) {
    if ('line' in event) onLine(event.line)
    else if ('report' in event) {
      ended = true
      onReport(event.report)
    } else {
      ended = true
      onProblem({ ...toProblem(undefined, answer), ...event.problem, detail: event.problem.title })
    }
  }
  if (!ended) onProblem(toProblem(undefined))
}

/** @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */
async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<ExaminationEvent> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const blocks = (rest + decoder.decode(value, { stream: true })).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      if (block.startsWith('data: ')) yield JSON.parse(block.slice('data: '.length)) as ExaminationEvent
    }
  }
}
