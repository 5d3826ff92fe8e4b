/**
 * HTTP: all incoming requests. Owns no table. Each route is authenticate → permit → validate → act → present, and uses
 * only the interfaces of the modules. `main` builds it.
 */
export { withNames } from './audit/audit-entry.ts'
export { createEventPresenter } from './events/event.ts'
export { createHttp, type HttpOptions } from './create-http.ts'
export { listenOn } from './listen.ts'
export { createMetrics } from './metrics.ts'
export { startMetricsListener } from './system/metrics-listener.ts'
