/**
 * Servers of this installation: their heartbeats, and the outages that the heartbeats reveal. Owns the table `servers`.
 * `server.ts` starts it; `http` lists servers for admins.
 */
export { createServers, type ListedServer, type Servers, type ServersDeps } from './servers.ts'
