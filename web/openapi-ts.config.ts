import { defineConfig } from '@hey-api/openapi-ts'

/** API client generated from the golden description. Written by `npm run web:client`. */
export default defineConfig({
  input: '../docs/openapi.json',
  // Without `after`, which a stream has, too: its pages would not compile.
  parser: { pagination: { keywords: ['before', 'cursor', 'offset', 'page', 'start'] } },
  output: { path: 'src/api/generated', clean: true },
  plugins: [
    '@hey-api/typescript',
    // The session is a cookie, which the browser adds.
    { name: '@hey-api/sdk', auth: false },
    {
      name: '@hey-api/client-fetch',
      baseUrl: false,
      throwOnError: true,
      runtimeConfigPath: './src/api/runtime-config.ts',
    },
    { name: '@tanstack/react-query', queryKeys: { tags: true } },
  ],
})
