/** Unit tests run anywhere Node runs; the other projects need something installed and have scripts of their own. */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/test/contract/',
    '<rootDir>/test/redis/',
    '<rootDir>/test/postgres/',
    '<rootDir>/test/browser/',
    '<rootDir>/test/soak/',
  ],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  globalSetup: '<rootDir>/test/bundleForTests.js',
  testTimeout: 20_000,
  // Most tests wait for servers; one worker less than there are cores would leave half of a small machine idle.
  maxWorkers: '100%',
  // Modules of every test file stay in memory: a process of its own begins anew before the gateway sheds for lack of it.
  workerIdleMemoryLimit: '1GB',
};
