import { describe, expect, test } from '@jest/globals';
import { renameStyles } from '../../web/explorer/strictStyles.js';

describe('HTML of the editor, for a policy without inline styles', () => {
  test.each([
    ['<p style="top:1px">a</p>', '<p data-inline-style="top:1px">a</p>'],
    ['<p class="a" STYLE="top:1px">', '<p class="a" data-inline-style="top:1px">'],
    ['<p style=\'a\'><b\nstyle="b">', '<p data-inline-style=\'a\'><b data-inline-style="b">'],
  ])('%s has its styles renamed', (html, renamed) => {
    expect(renameStyles(html)).toBe(renamed);
  });

  test.each([
    '<p>text of a query: style="1"</p>',
    '<p data-style="a" class="style">a</p>',
    '<p>&lt;p style="a"&gt;</p>',
    'no tag style="a"',
  ])('%s stays as it is', (html) => {
    expect(renameStyles(html)).toBe(html);
  });
});
