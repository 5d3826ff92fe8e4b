/**
 * The API reference as a part of the web UI: the page `docs.html`, and its files in `assets`, with a hash in their names.
 * The reference is Scalar's; the plugin for Fastify contains it as one file without its 250 packages.
 */
import { createHash } from 'node:crypto'
import reference from '@scalar/fastify-api-reference'
import fastify from 'fastify'

/** Colors with the contrast of WCAG 2 AA; those of the default theme are paler. */
const STYLES = `
.light-mode { --scalar-color-2: #40444c; --scalar-color-3: #5a5f68; --scalar-color-green: #176b2c;
  --scalar-color-blue: #0b62b8; --scalar-color-orange: #a34400; --scalar-color-yellow: #7d5700;
  --scalar-color-red: #b3261e; --scalar-color-purple: #6f42c1; --scalar-sidebar-color-2: #40444c;
  --scalar-sidebar-search-color: #5a5f68 }
.dark-mode { --scalar-color-2: #c9ccd1; --scalar-color-3: #a8adb5; --scalar-color-green: #56d07a;
  --scalar-color-blue: #6cb6ff; --scalar-color-orange: #ffab70; --scalar-color-yellow: #f2cc60;
  --scalar-color-red: #ff8f87; --scalar-color-purple: #c9a6ff; --scalar-sidebar-color-2: #c9ccd1;
  --scalar-sidebar-search-color: #a8adb5 }
`

/** Without fonts, telemetry, search by an assistant and other requests to Scalar, which the policy refuses as well. */
const CONFIGURATION = {
  url: '/v1/openapi.json',
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  showDeveloperTools: 'never',
  hideClientButton: true,
  documentDownloadType: 'json',
  favicon: '/icon.svg',
  customCss: STYLES,
  metaData: { title: 'API reference · Postkey' },
}

const START = `Scalar.createApiReference('#reference', ${JSON.stringify(CONFIGURATION)})\n`

/** Files of the reference, to be written into the build. */
export async function apiReferenceFiles(): Promise<{ fileName: string; source: string }[]> {
  const scripts = [
    { name: 'api-reference', source: await scriptOfScalar() },
    { name: 'api-reference-start', source: START },
  ].map(({ name, source }) => {
    const hash = createHash('sha256').update(source).digest('base64url').slice(0, 8)
    return { fileName: `assets/${name}-${hash}.js`, source }
  })
  const tags = scripts.map(({ fileName }) => `    <script src="/${fileName}"></script>`)
  return [...scripts, { fileName: 'docs.html', source: page(tags.join('\n')) }]
}

async function scriptOfScalar(): Promise<string> {
  const app = fastify()
  await app.register(reference, { routePrefix: '/docs', configuration: CONFIGURATION as object })
  const { statusCode, body } = await app.inject('/docs/js/scalar.js')
  await app.close()
  if (statusCode !== 200) throw new Error(`@scalar/fastify-api-reference answered ${statusCode} for its script.`)
  return body
}

function page(scripts: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>API reference · Postkey</title>
    <link rel="icon" href="/icon.svg" />
  </head>
  <body>
    <noscript>The reference needs JavaScript. The description of the API is at <a href="/v1/openapi.json">/v1/openapi.json</a>.</noscript>
    <div id="reference"></div>
${scripts}
  </body>
</html>
`
}
