/**
 * The street: everything that comes in by HTTP. Owns no table. Each route is authenticate → permit → validate → act →
 * present, and acts only by the doors of the rooms. `main` builds it.
 */
export { createHttp, type HttpOptions } from './create-http.ts'
export { listenOn } from './listen.ts'
