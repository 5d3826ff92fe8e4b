/** The process of a server or a command: errors that nothing catches, its end by a signal, and closing in phases. */
export { describeFailure } from './failure.ts'
export { endOnFatalErrors, logFatal, reportFatal } from './fatal.ts'
export { createProcessEnd, type ProcessEnd } from './process-end.ts'
export { startTracing } from './start-tracing.ts'
export { createClosing, type Closing, type Phase } from './shutdown.ts'
