/** Loaded before every integration and end-to-end test: only loopback connections are allowed. */
import { guardSockets, isLoopback } from './guard-sockets.ts'

guardSockets(({ host, port }) =>
  // Names under .invalid have no address (RFC 6761 §6.4), so a test may run a real failing lookup.
  isLoopback(host) || host.endsWith('.invalid')
    ? undefined
    : `A test tried to connect to ${host}:${port}; tests stay on this machine.`,
)
