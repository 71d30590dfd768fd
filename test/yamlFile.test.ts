import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { ConfigurationError } from '../src/errors.js';
import { parseWritten, readYamlFile, type Variables } from '../src/yamlFile.js';
import { caught } from './helpers/caught.js';
import { temporaryFolder } from './helpers/temporaryFolder.js';

const write = temporaryFolder();
const noVariables: Variables = () => undefined;

const schema = z.strictObject({
  name: z.string(),
  size: z.number().default(1),
  place: z.strictObject({ host: z.string(), port: z.number() }).nullable().default(null),
  items: z.array(z.strictObject({ id: z.string(), note: z.string().optional() })).default([]),
});

function parse(text: string, variables: Variables = noVariables) {
  return parseWritten(readYamlFile(write('file.yaml', text)), schema, variables);
}

/** `line: message` of every problem, in the order told. */
function problemsOf(text: string, variables: Variables = noVariables): string[] {
  const { problems } = caught(ConfigurationError, () => parse(text, variables));
  return problems.map(({ line, message }) => `${line}: ${message}`);
}

describe('reading a YAML file', () => {
  test('gives the value and the line of every part of it', () => {
    const written = readYamlFile(write('lines.yaml', '# head\nname: a\nitems:\n  - id: x\n  - id: y\n    note: hm\n'));
    expect(written.value).toEqual({ name: 'a', items: [{ id: 'x' }, { id: 'y', note: 'hm' }] });
    const lines = [['name'], ['items', 0], ['items', 1, 'note']].map(written.lineOf);
    expect(lines).toEqual([2, 4, 6]);
  });

  test('takes the line of what is around it for a part that is not written', () => {
    const { lineOf } = readYamlFile(write('missing.yaml', 'name: a\nitems:\n  - id: x\n'));
    expect(lineOf(['items', 0, 'note', 'deep'])).toBe(3);
    expect(lineOf(['elsewhere'])).toBe(1);
  });

  test.each(['', '# nothing but a comment\n', '---\n'])('takes %j for an object without keys', (text) => {
    expect(readYamlFile(write('empty.yaml', text)).value).toEqual({});
  });

  test('reads JSON as well', () => {
    expect(readYamlFile(write('file.json', '{"name": "a", "size": 2}')).value).toEqual({ name: 'a', size: 2 });
  });

  test('says every syntax error with its line, and quotes nothing of the file', () => {
    const file = write('broken.yaml', 'name: a\nname: b\nitems: [\nkey: "secret-text\n');
    const { problems } = caught(ConfigurationError, () => readYamlFile(file));
    expect(problems.map(({ line }) => line)).toEqual(expect.arrayContaining([2]));
    expect(problems.length).toBeGreaterThan(1);
    expect(problems.every((problem) => problem.file === file)).toBe(true);
    expect(JSON.stringify(problems)).not.toContain('secret-text');
  });

  test.each([
    ['an alias that nothing defines', 'name: *nowhere\n'],
    [
      'aliases that unfold without end',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefgh'].map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[i]}`).join(',')}]`).join('\n')}\n`,
    ],
  ])('says that %s is a problem of the file', (_, text) => {
    const file = write('alias.yaml', text);
    const { problems } = caught(ConfigurationError, () => readYamlFile(file));
    expect(problems[0]?.file).toBe(file);
  });

  test('says in words that a file does not exist, or cannot be read', () => {
    const gone = '/does/not/exist.yaml';
    const { problems } = caught(ConfigurationError, () => readYamlFile(gone));
    expect(problems).toEqual([{ file: gone, message: 'there is no such file; check the path' }]);
    const folder = caught(ConfigurationError, () => readYamlFile('/'));
    expect(folder.problems).toEqual([{ file: '/', message: 'the file cannot be read (EISDIR)' }]);
  });
});

describe('checking what was written', () => {
  test('gives the value with its defaults', () => {
    expect(parse('name: a')).toEqual({ name: 'a', size: 1, place: null, items: [] });
  });

  test('tells every problem at once, each with its line', () => {
    const problems = problemsOf('size: big\nplace:\n  host: 1\n  port: 80\nitems:\n  - id: x\n  - note: y\n');
    expect(problems).toHaveLength(4);
    expect(problems).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^1: name: /),
        expect.stringMatching(/^1: size: /),
        expect.stringMatching(/^3: place\.host: /),
        expect.stringMatching(/^7: items\.1\.id: /),
      ]),
    );
  });

  test.each([
    ['nmae: a', /^2: nmae: .* did you mean name\?$/],
    ['place: { host: a, port: 1, prot: 2 }', /^2: place\.prot: .* did you mean port\?$/],
    ['items: [ { id: x, nota: y } ]', /^2: items\.0\.nota: .* did you mean note\?$/],
    ['colour: red', /^2: colour: .* known are name, size, place, items\.$/],
  ])('says of the unknown key in %j which one was meant', (text, message) => {
    expect(problemsOf(`name: a\n${text}`)).toEqual([expect.stringMatching(message)]);
  });

  test('says the line of an unknown key, not of what stands under it', () => {
    expect(problemsOf('name: a\nplaec:\n  # a remark\n  host: b\n')).toEqual([
      expect.stringMatching(/^2: plaec: .* did you mean place\?$/),
    ]);
  });

  test.each(['[]', 'text', '5'])('refuses %s, which has no keys', (text) => {
    expect(problemsOf(text)).toEqual(['1: write a mapping']);
  });
});

describe('variables in texts', () => {
  const variables: Variables = (name) => ({ NAME: 'ada', EMPTY: '', NESTED: '$' + '{NAME}' })[name];
  const reference = (name: string) => `$\{${name}}`;

  test('are replaced anywhere in a text, at any depth, and once only', () => {
    const text = `name: "x-${reference('NAME')}-${reference('NAME')}"\nitems: [ { id: "${reference('NESTED')}" } ]`;
    expect(parse(text, variables)).toMatchObject({ name: 'x-ada-ada', items: [{ id: reference('NAME') }] });
  });

  test('may be set and empty', () => {
    expect(parse(`name: "a${reference('EMPTY')}"`, variables).name).toBe('a');
  });

  test('never change the structure of the file', () => {
    const evil: Variables = () => 'a\nsize: 5\n"}{';
    expect(parse(`name: "${reference('EVIL')}"`, evil)).toMatchObject({ name: 'a\nsize: 5\n"}{', size: 1 });
  });

  test('leave keys and a lone $ alone', () => {
    expect(parse('name: "$NAME costs 5$ {NAME}"', variables).name).toBe('$NAME costs 5$ {NAME}');
  });

  test('that are not set are a problem of their own, without a second one for the value', () => {
    const checked = z.strictObject({
      name: z.string().regex(/^[a-z]+$/, { error: 'write letters' }),
      size: z.number(),
    });
    const written = readYamlFile(write('unset.yaml', `name: "${reference('GONE')}"\nsize: big`));
    const { problems } = caught(ConfigurationError, () => parseWritten(written, checked, variables));
    expect(problems.map(({ line, message }) => `${line}: ${message}`)).toEqual([
      '1: name: the variable GONE is not set.',
      expect.stringMatching(/^2: size: /),
    ]);
  });

  test('are all told when several are not set', () => {
    const text = `name: "${reference('A')}${reference('B')}"\nitems: [ { id: "${reference('C')}" } ]`;
    expect(problemsOf(text)).toEqual([
      '1: name: the variable A is not set.',
      '1: name: the variable B is not set.',
      '2: items.0.id: the variable C is not set.',
    ]);
  });

  test.each([
    ['s3cret', 's3cret'],
    ['s3cret\n', 's3cret'],
    ['s3cret\r\n', 's3cret'],
    ['two\nlines\n\n', 'two\nlines\n'],
  ])('may be a file: %j is %j, without the line break at its end', (content, value) => {
    expect(parse(`name: "${reference(`file:${write('secret', content)}`)}"`).name).toBe(value);
  });

  test('that are files which cannot be read are a problem', () => {
    expect(problemsOf(`name: "${reference('file:/does/not/exist')}"`)).toEqual([
      '1: name: the file /does/not/exist cannot be read.',
    ]);
  });
});
