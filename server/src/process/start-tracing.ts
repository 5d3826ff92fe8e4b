import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../kernel/log.ts'
import { setTracing } from '../kernel/spans.ts'
import { VERSION } from '../kernel/version.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Time for the last spans at the end of the process; a receiver that doesn't answer must not delay it. */
const FLUSH_MS = 1_000

/** True if the standard variables of OpenTelemetry name a receiver of traces, and don't switch them off. */
export function wantsTraces(env: Environment): boolean {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: ofTraces } = env
  const isOff = env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none'
  return !isOff && Boolean(endpoint?.trim() || ofTraces?.trim())
}

/**
 * Exports spans by OTLP over HTTP as JSON. The packages of OpenTelemetry are loaded only here, and read their variables
 * themselves: endpoint, headers, timeout, sampler, batches, resource.
 *
 * @returns a function that exports the last spans; undefined if no receiver is named
 */
export async function startTracing(env: Environment, log: Log): Promise<(() => Promise<void>) | undefined> {
  if (!wantsTraces(env)) return undefined
  const protocol = env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] ?? env['OTEL_EXPORTER_OTLP_PROTOCOL'] ?? 'http/json'
  if (!protocol.startsWith('http/')) log.warn({ reason: protocol }, 'Traces are sent by OTLP over HTTP, as JSON')
  const [api, { BasicTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, resources, hooks] = await Promise.all(
    [
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace-base'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/context-async-hooks'),
    ],
  )
  const report = (message: string) => log.warn({ err: new Error(message) }, 'Traces could not be exported')
  const ignore = () => undefined
  api.diag.setLogger({ error: report, warn: report, info: ignore, debug: ignore, verbose: ignore })
  api.context.setGlobalContextManager(new hooks.AsyncLocalStorageContextManager().enable())
  const provider = new BasicTracerProvider({
    resource: resources
      .resourceFromAttributes({ 'service.name': 'postkey', 'service.version': VERSION })
      .merge(resources.detectResources({ detectors: [resources.envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  })
  setTracing({ api, tracer: provider.getTracer('postkey', VERSION) })
  return async () => {
    setTracing()
    await Promise.race([provider.shutdown().catch(ignore), delay(FLUSH_MS, undefined, { ref: false })])
  }
}
