import type { Config } from './generated/client/index.ts'

/** Same origin always: the server that serves this page is the API. */
export const createClientConfig = <T extends Config>(config: T): T => ({ ...config, baseUrl: '', throwOnError: true })
