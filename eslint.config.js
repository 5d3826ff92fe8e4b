import { defineConfig, globalIgnores } from 'eslint/config'
import reactHooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'
import { house } from './scripts/lint/house-rules.js'
import { SQL_CLOCK } from './scripts/lint/sql-clock.ts'

/** Only a clock may ask the system what time it is: everything else is handed one, so that time can be moved. */
const SYSTEM_CLOCK = [
  {
    selector: 'MemberExpression[object.name="Date"][property.name="now"]',
    message: 'Ask the injected clock, not Date.now().',
  },
  {
    selector: 'MemberExpression[object.name="globalThis"][property.name="Date"]',
    message: 'Ask the injected clock, not globalThis.Date.',
  },
  {
    selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
    message: 'Ask the injected clock, not new Date().',
  },
  { selector: 'CallExpression[callee.name="Date"]', message: 'Ask the injected clock, not Date().' },
  {
    selector: 'MemberExpression[object.name="performance"][property.name="timeOrigin"]',
    message: 'Ask the injected clock, not performance.timeOrigin.',
  },
  { selector: 'MemberExpression[object.name="Temporal"][property.name="Now"]', message: 'Ask the injected clock.' },
  ...['Literal[value=%]', 'TemplateElement[value.raw=%]'].map((node) => ({
    selector: node.replace('%', `/${SQL_CLOCK}/i`),
    message: 'The database must not ask its own clock: pass the time in as a parameter.',
  })),
  {
    selector: 'CallExpression[callee.property.name="fn"] > Literal[value=/^now$/i]',
    message: 'The database must not ask its own clock: pass the time in as a parameter.',
  },
]

/** Node passes nothing but the error to such a callback, and what it throws is caught nowhere. */
const WITH_CALLBACKS = [
  { name: 'node:dns', message: 'Import from node:dns/promises.', allowTypeImports: true },
  {
    name: 'node:fs',
    importNames: ['access', 'open', 'readFile', 'readdir', 'rename', 'rm', 'stat', 'unlink', 'write', 'writeFile'],
    message: 'Import it from node:fs/promises, or use the synchronous one.',
  },
  { name: 'node:child_process', importNames: ['exec', 'execFile'], message: 'Use spawn.' },
]

/** A busy or stalled machine must not fail a test: limits are for what hangs, and `vitest.config.ts` names the common ones. */
const SHORT_LIMITS = [
  {
    selector: 'CallExpression[callee.object.name="vi"][callee.property.name=/^wait(For|Until)$/][arguments.length<2]',
    message: 'Without a limit it fails after one second: pass WAIT of the test kit, or use expect.poll.',
  },
  {
    selector: 'Property[key.name="timeout"] > Literal[value<20000]',
    message: 'A stalled machine exceeds this limit: leave it out, or state at least 20 seconds.',
  },
  {
    selector: 'CallExpression[callee.name=/^(it|test|describe|before|after)/] > Literal.arguments[value<60000]',
    message: 'A stalled machine exceeds this limit: leave it out, or state at least 60 seconds.',
  },
]

/** Such an assertion fails on a stalled machine. Performance is measured in `bench/`. */
const WALL_CLOCK = [
  'MemberExpression[object.name="performance"][property.name="now"]',
  'MemberExpression[object.name="process"][property.name="hrtime"]',
  'BinaryExpression[operator="-"] > CallExpression.left[callee.object.name="Date"][callee.property.name="now"]',
  'Identifier[name="monitorEventLoopDelay"]',
].map((selector) => ({
  selector,
  message:
    'A test must not measure elapsed time: compare CPU time (measureGrowth, leastCpuMs), count steps, or wait for the state.',
}))

export default defineConfig(
  globalIgnores([
    '**/node_modules/',
    '**/dist/',
    '**/data/',
    '**/.data/',
    'coverage/',
    'e2e/screenshots/',
    'web/src/api/generated/',
    'client/src/generated/',
  ]),
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // `rows[0]!` with a reason beats a check that cannot fail; noUncheckedIndexedAccess keeps it visible.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // A port may be asynchronous where one of its implementations has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // `all<Row>(sql)` names the shape of its rows once, which is all a caller of SQL can do.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // There are no enums (erasableSyntaxOnly), and looking for them costs a second.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: ['**/*.{ts,tsx,js}'],
    plugins: { house },
    rules: {
      'max-lines': ['error', 500],
      'house/todo-names-an-issue': 'error',
    },
  },
  {
    files: ['{server,sandbox,web}/**/*.{ts,tsx}'],
    ignores: ['**/kernel/clock.ts', '**/*.test.ts', '{server,sandbox}/test/**', 'sandbox/foreign/**'],
    rules: { 'no-restricted-syntax': ['error', ...SYSTEM_CLOCK] },
  },
  {
    files: ['**/*.{test,spec}.{ts,tsx}', '{server,sandbox}/test/**/*.ts', 'e2e/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...SHORT_LIMITS] },
  },
  {
    files: ['**/*.{test,spec}.{ts,tsx}'],
    rules: { 'no-restricted-syntax': ['error', ...SHORT_LIMITS, ...WALL_CLOCK] },
  },
  { files: ['server/{src,rehearsal}/**'], rules: { 'no-console': 'error' } },
  {
    // Rooms are created in the order in which they depend on each other; a closure must not name a later one.
    files: ['server/src/{compose-rooms,open-rooms,server}.ts', 'server/test/kit/test-app.ts'],
    rules: { '@typescript-eslint/no-use-before-define': ['error', { functions: false, typedefs: false }] },
  },
  {
    // An error that no listener hears, or a throw in a callback, ends the process and every mailbox with it.
    files: [
      'server/{src,rehearsal}/**/*.ts',
      'sandbox/src/**/*.ts',
      'scripts/start.ts',
      'scripts/start/**/*.ts',
      'scripts/dev.ts',
    ],
    ignores: ['**/*.test.ts'],
    rules: {
      'house/error-listener': 'error',
      '@typescript-eslint/no-restricted-imports': ['error', { paths: WITH_CALLBACKS }],
    },
  },
  {
    files: ['**/*.{ts,tsx}'],
    // The sandbox shares no line with the server, and its one place listens at once, too.
    ignores: ['server/src/transports/imap/imap-client.ts', 'sandbox/test/imap-world.ts'],
    rules: { 'house/one-imap-client': 'error' },
  },
  {
    files: ['web/src/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks },
    rules: { 'react-hooks/rules-of-hooks': 'error', 'react-hooks/exhaustive-deps': 'error' },
  },
)
