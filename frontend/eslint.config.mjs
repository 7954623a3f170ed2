import nextCoreWebVitals from 'eslint-config-next/core-web-vitals';
import nextTypescript from 'eslint-config-next/typescript';

/** Forbids imports of whole layers; the reason is shown to whoever breaks the rule. */
function forbid(layers, message) {
  return {
    'no-restricted-imports': [
      'error',
      { patterns: [{ group: layers.map((layer) => `@/${layer}/**`), message }] },
    ],
  };
}

const features = [
  'admin',
  'auth',
  'backtest',
  'dashboard',
  'history',
  'holdings',
  'kill-switch',
  'market',
  'notifications',
  'orders',
  'proof',
  'risk',
  'settings',
  'signals',
  'strategies',
  'trading',
];

/** app → features → components → lib; a feature knows no other feature. */
const importDirection = [
  { files: ['src/lib/**'], rules: forbid(['app', 'features', 'components'], 'lib is the lowest layer.') },
  { files: ['src/components/**'], rules: forbid(['app', 'features'], 'components may use lib only.') },
  ...features.map((name) => ({
    files: [`src/features/${name}/**`],
    rules: forbid(
      ['app', ...features.filter((other) => other !== name).map((other) => `features/${other}`)],
      'A feature may use components and lib, never another feature.',
    ),
  })),
  {
    // Only the wrapper in lib/navigation knows the router, so that a change of router stays possible.
    files: ['src/features/**', 'src/components/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "ImportDeclaration[source.value=/^next\\u002F/]",
          message: 'Use @/lib/navigation instead of next/*.',
        },
        {
          selector: "ImportDeclaration[source.value=/^\\.\\.\\u002F/]",
          message: 'Leave a folder by the @/ alias: only that path is checked for its direction.',
        },
      ],
    },
  },
];

const config = [
  { ignores: ['.next/**', 'out/**', 'next-env.d.ts', 'src/lib/api/schema.ts'] },
  ...nextCoreWebVitals,
  ...nextTypescript,
  {
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  ...importDirection,
];

export default config;
