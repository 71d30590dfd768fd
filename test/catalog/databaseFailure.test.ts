import { describe, expect, test } from '@jest/globals';
import { DatabaseFailure, SilentServer } from '../../src/catalog/databaseFailure.js';

const secret = 'c4n4ry';
const fail = (code: string | undefined, message = secret) => Object.assign(new Error(message), { code });
const tell = (error: unknown) => new DatabaseFailure(error, 1_500).message;

describe('why a database cannot be read', () => {
  test.each([
    ['57014', /took longer than 1\.5 s \(catalog\.postgres\.timeout\)/],
    ['25006', /wants to write/],
    ['08P01', /parameters/],
    ['28P01', /refuses the user or the password/],
    ['28000', /refuses the user or the password/],
    ['3D000', /no database of the name/],
    ['53300', /no connection left/],
    ['57P01', /broke the connection off/],
    ['57P03', /broke the connection off/],
    ['08006', /broke the connection off/],
    ['ECONNRESET', /broke the connection off/],
    ['ECONNREFUSED', /cannot be reached; check the host/],
    ['ENOTFOUND', /cannot be reached; check the host/],
    ['ENOENT', /no such socket/],
    ['22012', /SQLSTATE 22012/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /failed \(DEPTH_ZERO_SELF_SIGNED_CERT\)/],
  ])('is said by its code %s, and not in the words of the server', (code, sentence) => {
    expect(tell(fail(code))).toMatch(sentence);
    expect(tell(fail(code))).not.toContain(secret);
  });

  test.each([
    ['timeout exceeded when trying to connect', /did not answer within 1\.5 s/],
    ['Connection terminated due to connection timeout', /did not answer within 1\.5 s/],
    ['SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string', /another password/],
    ['The server does not support SSL connections', /TLS/],
    ['Connection terminated unexpectedly', /connection to the database failed\.$/],
    [secret, /connection to the database failed\.$/],
  ])('is said where there is only the text %j', (message, sentence) => {
    expect(tell(fail(undefined, message))).toMatch(sentence);
    expect(tell(fail(undefined, message))).not.toContain(secret);
  });

  test('is said in the words of the server where it speaks of the SQL', () => {
    expect(tell(fail('42703', 'column "nme" does not exist'))).toBe(
      'the database refuses the SQL: column "nme" does not exist.',
    );
  });

  test('is said of a server that says nothing', () => {
    expect(tell(new SilentServer())).toMatch(/did not answer within 1\.5 s/);
  });

  test.each([undefined, null, 'text', { code: 42 }])('is said of %j as well', (error) => {
    expect(tell(error)).toMatch(/connection to the database failed/);
  });
});
