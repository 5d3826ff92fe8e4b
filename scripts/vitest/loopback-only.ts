/** Loaded before every integration and end-to-end test: they may talk to this machine and to nobody else. */
import { guardSockets, isLoopback } from './guard-sockets.ts'

guardSockets(({ host, port }) =>
  // Names under .invalid have no address (RFC 6761 §6.4): a test may watch the real lookup fail.
  isLoopback(host) || host.endsWith('.invalid')
    ? undefined
    : `A test tried to connect to ${host}:${port}; tests stay on this machine.`,
)
