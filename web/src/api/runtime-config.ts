import type { Config } from './generated/client/index.ts'

/** Always same origin: the server of this page is the API. */
export const createClientConfig = <T extends Config>(config: T): T => ({ ...config, baseUrl: '', throwOnError: true })
