// The applications of the guides, run as they stand: whoever brings a token that was made for them comes in, and nobody else.
import { execFile, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../../support/doorward';
import { expect, ownServer, test } from '../../support/fixtures';
import { accessToken } from '../../support/flows';
import { python, target } from '../../support/peers';

const run = promisify(execFile);
const guides = resolve(__dirname, '../../../docs/guides');
const interop = resolve(__dirname, '../../interop');
const SHOP = 'https://shop.example.org';

test.use(ownServer);
test.use({ settings: { DOORWARD__TOKENS__AUDIENCES: SHOP } });

interface Application {
  folder: string;
  program: string;
  words: (port: number) => string[];
  /** Makes the program, where it has to be made first. */
  build?: () => Promise<unknown>;
}

/** Where script/test has built it before, this only looks. */
async function buildAxum(): Promise<void> {
  const from = ['build', '--locked', '--manifest-path', resolve(guides, 'axum/Cargo.toml')];
  await run('cargo', [...from, '--target-dir', resolve(target, 'guides')], { maxBuffer: 64 * 1024 * 1024 });
}

const applications: Record<string, Application> = {
  Express: { folder: resolve(guides, 'express'), program: process.execPath, words: () => ['app.mjs'] },
  FastAPI: {
    folder: resolve(guides, 'fastapi'),
    program: python,
    words: (port) => ['-m', 'uvicorn', 'app:app', '--port', String(port)],
  },
  axum: { folder: resolve(guides, 'axum'), program: resolve(target, 'guides/debug/orders'), words: () => [], build: buildAxum },
};

type Orders = (token?: string) => Promise<Response>;

/** Runs it for as long as `body` takes. */
async function running({ folder, program, words, build }: Application, doorward: string, body: (orders: Orders) => Promise<void>): Promise<void> {
  if (build) {
    test.setTimeout(400_000);
    await build();
  }
  const port = await freePort();
  // Python would leave its compiled form beside the guide.
  const environment = { ...process.env, DOORWARD_URL: doorward, AUDIENCE: SHOP, PORT: String(port), PYTHONDONTWRITEBYTECODE: '1' };
  const application = spawn(program, words(port), { cwd: folder, env: environment, stdio: 'inherit' });
  try {
    const orders: Orders = (token) =>
      fetch(`http://127.0.0.1:${port}/orders`, { headers: token ? { Authorization: `Bearer ${token}` } : {} });
    await expect(async () => expect((await orders()).status).toBe(401)).toPass({ timeout: 20_000 });
    await body(orders);
  } finally {
    application.kill();
    await Promise.race([new Promise((ended) => application.once('exit', ended)), sleep(5_000)]);
  }
}

for (const [name, application] of Object.entries(applications)) {
  test(`the ${name} application of the guide lets in who brings a token that was made for it`, async ({ doorward, person }) => {
    await running(application, doorward.url, async (orders) => {
      const good = await accessToken(doorward, person, SHOP);
      const answer = await orders(good);
      expect(answer.status).toBe(200);
      const { sub } = JSON.parse(Buffer.from(good.split('.')[1]!, 'base64url').toString()) as { sub: string };
      expect(await answer.json()).toEqual({ of: sub, orders: [] });

      const refused = await orders();
      expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      expect((await orders(await accessToken(doorward, person))).status, 'made for our own API').toBe(401);
      expect((await orders('x')).status).toBe(401);

      // Nobody listens there: a token that has them ask would be answered late, or with a failure.
      const made = await run(python, [resolve(interop, 'hostile.py'), doorward.url, good, 'http://127.0.0.1:9']);
      const hostile = Object.entries(JSON.parse(made.stdout) as Record<string, string>);
      expect(hostile.length).toBeGreaterThan(20);
      for (const [what, token] of hostile) expect((await orders(token)).status, what).toBe(401);
      expect((await orders(good)).status, 'after all that').toBe(200);
    });
  });
}

test('the axum application follows a rotation, and asks for keys that are not known only now and then', async ({ doorward, person }) => {
  await running(applications.axum!, doorward.url, async (orders) => {
    const before = await accessToken(doorward, person, SHOP);
    expect((await orders(before)).status).toBe(200);
    doorward.command(['keys', 'rotate', '--revoke']);
    const after = await accessToken(doorward, person, SHOP);
    expect((await orders(after)).status, 'asked a moment ago').toBe(401);
    await expect(async () => expect((await orders(after)).status).toBe(200)).toPass({ timeout: 20_000 });
    expect((await orders(before)).status, 'a key that is gone').toBe(401);
  });

  let asked = 0;
  let there = true;
  const keys = createServer((request, response) => {
    asked++;
    fetch(doorward.url + request.url).then(async (answer) => response.writeHead(there ? 200 : 500).end(await answer.text()));
  });
  await new Promise<void>((listening) => keys.listen(0, '127.0.0.1', listening));
  const address = `http://127.0.0.1:${(keys.address() as AddressInfo).port}`;
  const header = (kid: string): string => Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid })).toString('base64url');
  await running(applications.axum!, address, async (orders) => {
    const all = Array.from({ length: 40 }, (_, number) => orders(`${header(`made-up-${number}`)}.e30.${'A'.repeat(86)}`));
    expect((await Promise.all(all)).map(({ status }) => status)).toEqual(Array(40).fill(401));
    expect(asked).toBe(1);
  });
  there = false;
  await running(applications.axum!, address, async (orders) => {
    expect((await orders(await accessToken(doorward, person, SHOP))).status, 'no fault of who brings it').toBe(503);
  });
  await new Promise((closed) => keys.close(closed));
});
