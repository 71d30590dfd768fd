import { describe, expect, test } from '@jest/globals';
import { suggestion } from '../src/suggestion.js';

describe('a suggestion', () => {
  test.each([
    ['timout', ['timeout', 'concurrency'], /did you mean timeout\?$/],
    ['concurency', ['timeout', 'concurrency'], /did you mean concurrency\?$/],
    ['zzz', ['timeout', 'concurrency'], /known are timeout, concurrency/],
    ['anything', [], /^[;.]?$/],
  ])('for %s among %j reads %s', (wrong, known, text) => {
    expect(suggestion(wrong, known)).toMatch(text);
  });
});
