/**
 * Spans of the work of this process, if tracing is on (`process/start-tracing.ts`). Otherwise the work runs as if this
 * file did not exist. An attribute never has an address, an id of a person, a token or content: names, routes, codes.
 */
import type * as OpenTelemetry from '@opentelemetry/api'
import type { Attributes, Context, Span, Tracer } from '@opentelemetry/api'
import { AppError } from './errors.ts'

type Api = Pick<typeof OpenTelemetry, 'context' | 'trace' | 'SpanKind' | 'SpanStatusCode'>

export interface Tracing {
  api: Api
  tracer: Tracer
}

export interface SpanOptions {
  kind?: 'CLIENT' | 'SERVER' | 'INTERNAL'
  attributes?: Attributes
}

/** Maximum length of a statement in an attribute. Parameters are not part of it. */
const STATEMENT_LENGTH = 500

let tracing: Tracing | undefined

/** Switches tracing on, or off without an argument. */
export function setTracing(found?: Tracing): void {
  tracing = found
}

export function isTracing(): boolean {
  return tracing !== undefined
}

/** Runs `work` within a span, which has the code of an error. */
export function traced<T>(
  name: string,
  { kind = 'INTERNAL', attributes = {} }: SpanOptions,
  work: (setAttributes: (more: Attributes) => void) => Promise<T>,
): Promise<T> {
  if (!tracing) return work(() => undefined)
  const { api, tracer } = tracing
  return tracer.startActiveSpan(name, { kind: api.SpanKind[kind], attributes }, async (span) => {
    try {
      return await work((more) => span.setAttributes(more))
    } catch (error) {
      span.setStatus({ code: api.SpanStatusCode.ERROR }).setAttribute('error.type', AppError.from(error).code)
      throw error
    } finally {
      span.end()
    }
  })
}

/** A span that begins and ends in different callbacks. */
export interface OpenSpan {
  /** Runs `work` with the span as the parent of its spans. */
  within: (work: () => void) => void
  end: (attributes: Attributes, isError: boolean) => void
}

/** Begins a span; undefined if tracing is off. */
export function beginSpan(name: string, { kind = 'INTERNAL', attributes = {} }: SpanOptions): OpenSpan | undefined {
  if (!tracing) return undefined
  const { api, tracer } = tracing
  const span: Span = tracer.startSpan(name, { kind: api.SpanKind[kind], attributes })
  const active: Context = api.trace.setSpan(api.context.active(), span)
  return {
    within: (work) => api.context.with(active, work),
    end(more, isError) {
      span.setAttributes(more)
      if (isError) span.setStatus({ code: api.SpanStatusCode.ERROR })
      span.end()
    },
  }
}

/** Adds a statement that has just ended to the current span. Statements without one, such as heartbeats, have none. */
export function traceStatement(text: string, durationMs: number, isError: boolean): void {
  if (!tracing) return
  const { api, tracer } = tracing
  if (!api.trace.getSpan(api.context.active())) return
  const operation = /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? 'statement'
  const span = tracer.startSpan(`postgresql ${operation}`, {
    kind: api.SpanKind.CLIENT,
    startTime: performance.now() - durationMs,
    attributes: {
      'db.system.name': 'postgresql',
      'db.operation.name': operation,
      'db.query.text': text.replaceAll(/\s+/g, ' ').trim().slice(0, STATEMENT_LENGTH),
    },
  })
  if (isError) span.setStatus({ code: api.SpanStatusCode.ERROR })
  span.end()
}
