import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { readYaml } from '../src/yamlText.js';
import { caught } from './helpers/caught.js';

/** What YAML may take for something else than a text, in one of its versions or to one of its readers. */
const ambiguous = [
  ...[
    '1_000',
    '0o14',
    '014',
    '0b11',
    '0x1F',
    '1e3',
    '.5',
    '5.',
    '.inf',
    '-.INF',
    '.nan',
    '+12',
    '-0',
    '9007199254740993',
  ],
  ...[
    'yes',
    'True',
    'null',
    '~',
    '',
    '2020-01-01',
    '12:30',
    '<<',
    '=',
    '1.0',
    '@x',
    '%x',
    'a # b',
    'a: b',
    '- a',
    '{',
    ']',
  ],
  ...['&a', '*a', '! a', '| a', '> a', "'", '"', '\\', '\t', '\n', ' a ', 'a\n b\n', 'Ä', '\u{1F600}', 'Salt &Pepper'],
];

const scalar = fc.oneof(
  fc.constantFrom(...ambiguous),
  fc.string(),
  fc.double({ noNaN: true }),
  fc.integer(),
  fc.boolean(),
);
const name = fc.stringMatching(/^[a-z]{1,8}$/);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof({ maxDepth: 3 }, scalar, fc.array(tie('tree')), fc.dictionary(name, tie('tree'))),
}));

describe('a YAML text', () => {
  test('has the same values where it is read quickly and where its positions are read', () => {
    fc.assert(
      fc.property(
        fc.dictionary(name, tree, { minKeys: 1 }),
        fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_LITERAL' as const),
        fc.boolean(),
        (written, defaultStringType, flow) => {
          const collectionStyle = flow ? 'flow' : 'block';
          const text = stringify(written, { defaultStringType: defaultStringType as 'PLAIN', collectionStyle });
          expect(readYaml(text, 'file.yaml').value).toEqual(parse(text));
        },
      ),
      { numRuns: 200 },
    );
  });

  test.each(ambiguous.filter((text) => text.trim() === text && text !== ''))(
    'takes %j for what YAML 1.2 does',
    (text) => {
      const read = (work: () => unknown) => {
        try {
          return work();
        } catch {
          return 'refused';
        }
      };
      const line = `key: ${text}`;
      const { key } = (read(() => parse(line)) as { key?: unknown }) ?? {};
      const found = read(() => readYaml(line, 'file.yaml').value) as { key?: unknown };
      expect(found.key).toEqual(key);
    },
  );

  test('unfolds what is repeated, and refuses what would unfold without end', () => {
    expect(readYaml('a: &x [1]\nb: *x\n', 'file.yaml').value).toEqual({ a: [1], b: [1] });
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [own, before] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf', 'hg'].map((pair) => [...pair])) {
      bomb.push(`${own}: &${own} [${Array(9).fill(`*${before}`).join(', ')}]`);
    }
    expect(caught(Error, () => readYaml(bomb.join('\n'), 'file.yaml').value).message).toContain('alias');
  });
});
