// Our tokens in the hands of libraries that app developers use, and tokens that those libraries make in ours.
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Doorward } from '../../support/doorward';
import { expect, ownServer, test } from '../../support/fixtures';
import { accessToken } from '../../support/flows';
import { python } from '../../support/peers';

const run = promisify(execFile);
const guides = resolve(__dirname, '../../../docs/guides/python');
const interop = resolve(__dirname, '../../interop');
const SHOP = 'https://shop.example.org';

test.use(ownServer);
test.use({ settings: { DOORWARD__TOKENS__AUDIENCES: SHOP } });

/** Whether PyJWT, as the guide uses it, takes the token. */
async function pyJwtTakes(doorward: Doorward, token: string, audience: string, algorithm: string): Promise<boolean> {
  return run(python, [resolve(guides, 'verify.py'), doorward.url, audience, token, algorithm]).then(
    () => true,
    (refused: { stderr: string }) => {
      expect(refused.stderr, 'a refusal, and no other failure').toMatch(/^refused: /);
      return false;
    },
  );
}

/** Whether jose (https://github.com/panva/jose) does. */
async function joseTakes(doorward: Doorward, token: string, audience: string, algorithm: string): Promise<boolean> {
  const keys = createRemoteJWKSet(new URL(`${doorward.url}/.well-known/jwks.json`));
  const expected = { issuer: doorward.url, audience, typ: 'at+jwt', algorithms: [algorithm] };
  return jwtVerify(token, keys, expected).then(
    () => true,
    () => false,
  );
}

async function both(doorward: Doorward, token: string, audience: string, algorithm = 'ES256'): Promise<boolean[]> {
  return Promise.all([pyJwtTakes(doorward, token, audience, algorithm), joseTakes(doorward, token, audience, algorithm)]);
}

test('the program of the guide signs in with requests, verifies with PyJWT and stays signed in', async ({ doorward, person }) => {
  // Without leaving compiled forms beside the guide.
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  const program = run(python, [resolve(guides, 'client.py'), doorward.url, person.email], { env });
  program.child.stdin!.end(`${person.password}\n`);
  expect((await program).stdout).toBe(`Signed in as ${person.email.split('@')[0]} with pwd\n`);
});

/** What the token says which key signed it. */
const kidOf = (token: string): string =>
  (JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()) as { kid: string }).kid;

/**
 * Lets a day pass for the keys and for nothing else: they are as old as their rows say. A clock that went ahead would end the tokens as
 * well, and nobody could tell which of the two they are refused for.
 */
async function letADayPassForTheKeys(doorward: Doorward): Promise<void> {
  const program = [
    'import sqlite3, sys',
    'with sqlite3.connect(sys.argv[1]) as db:',
    '    db.execute("UPDATE signing_keys SET created_at = created_at - ?, signs_from = signs_from - ?", [24 * 3600 * 10**6] * 2)',
  ];
  await run(python, ['-c', program.join('\n'), join(doorward.dataDir, 'doorward.db')]);
  // What is due is done once a minute, and at the start.
  await doorward.restart({});
}

test('PyJWT and jose take what a key signed until its overlap has passed', async ({ doorward, person }) => {
  const api = `${doorward.url}/api/v1`;
  const old = await accessToken(doorward, person);
  doorward.command(['keys', 'rotate']);
  const announced = await accessToken(doorward, person);
  expect(kidOf(announced), 'until verifiers know the next one').toBe(kidOf(old));
  expect(await both(doorward, announced, api)).toEqual([true, true]);

  await letADayPassForTheKeys(doorward);
  const next = await accessToken(doorward, person);
  expect(kidOf(next)).not.toBe(kidOf(old));
  expect(await both(doorward, next, api)).toEqual([true, true]);
  expect(await both(doorward, old, api), 'within the overlap').toEqual([true, true]);

  await letADayPassForTheKeys(doorward);
  await expect(async () => expect(await both(doorward, old, api), 'after it').toEqual([false, false])).toPass({ timeout: 10_000 });
  expect(await both(doorward, next, api)).toEqual([true, true]);
  const me = (token: string): Promise<Response> => fetch(`${api}/me`, { headers: { Authorization: `Bearer ${token}` } });
  expect([(await me(old)).status, (await me(next)).status]).toEqual([401, 200]);
});

test('PyJWT and jose take our tokens and no others, and none of a key that is revoked', async ({ doorward, person }) => {
  const api = `${doorward.url}/api/v1`;
  const before = await accessToken(doorward, person);
  expect(await both(doorward, before, api)).toEqual([true, true]);
  expect(await both(doorward, before, SHOP)).toEqual([false, false]);
  expect(await both(doorward, await accessToken(doorward, person, SHOP), SHOP)).toEqual([true, true]);

  doorward.command(['keys', 'rotate']);
  expect(await both(doorward, before, api)).toEqual([true, true]);
  expect(await both(doorward, await accessToken(doorward, person), api)).toEqual([true, true]);

  doorward.command(['keys', 'rotate', '--revoke']);
  expect(await both(doorward, before, api)).toEqual([false, false]);
  expect(await both(doorward, await accessToken(doorward, person), api)).toEqual([true, true]);
});

for (const algorithm of ['EdDSA', 'RS256']) {
  test.describe(`with ${algorithm}`, () => {
    test.use({ settings: { DOORWARD__TOKENS__ALGORITHM: algorithm } });

    test('PyJWT and jose take our tokens where they expect it, and nowhere else', async ({ doorward, person }) => {
      const api = `${doorward.url}/api/v1`;
      const token = await accessToken(doorward, person);
      expect(await both(doorward, token, api, algorithm)).toEqual([true, true]);
      expect(await both(doorward, token, api)).toEqual([false, false]);
      expect((await fetch(`${api}/me`, { headers: { Authorization: `Bearer ${token}` } })).status).toBe(200);
    });
  });
}

test('hostile tokens are refused without asking anybody', async ({ doorward, person }) => {
  const asked: string[] = [];
  const trap = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end('{"keys":[]}');
  });
  await new Promise<void>((listening) => trap.listen(0, '127.0.0.1', listening));
  const address = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`;
  const real = await accessToken(doorward, person);
  const made = await run(python, [resolve(interop, 'hostile.py'), doorward.url, real, address]);
  const hostile = Object.entries(JSON.parse(made.stdout) as Record<string, string>);
  expect(hostile.length).toBeGreaterThan(20);
  for (const [what, token] of hostile) {
    const answer = await fetch(`${doorward.url}/api/v1/me`, { headers: { Authorization: `Bearer ${token}` } });
    expect([answer.status, ((await answer.json()) as { code: string }).code], what).toEqual([401, 'invalid_token']);
  }
  expect((await fetch(`${doorward.url}/api/v1/me`, { headers: { Authorization: `Bearer ${real}` } })).status).toBe(200);
  expect(asked).toEqual([]);
  await new Promise((closed) => trap.close(closed));
});

test('what schemathesis makes of the description breaks nothing', async ({ doorward, person }, testInfo) => {
  test.setTimeout(120_000);
  mkdirSync(testInfo.outputDir, { recursive: true });
  const token = await accessToken(doorward, person);
  for (const credential of [[], ['--header', `Authorization: Bearer ${token}`]]) {
    const found = await run(
      resolve(python, '../schemathesis'),
      [
        'run',
        `${doorward.url}/api/v1/openapi.json`,
        '--url',
        `${doorward.url}/api/v1`,
        '--max-examples=30',
        '--seed=1',
        // Which audiences and scopes there are, the description does not tell strangers.
        '--exclude-checks=positive_data_acceptance',
        '--phases=examples,coverage,fuzzing',
        '--no-color',
        ...credential,
      ],
      // It keeps what it found beside itself.
      { maxBuffer: 64 * 1024 * 1024, cwd: testInfo.outputDir },
    ).catch((failed: { stdout: string; stderr: string }) => failed);
    // Its closing line, with warnings about refused credentials or without.
    expect(found.stdout, found.stderr).toMatch(/(\d+) generated, \1 passed/);
  }
});
