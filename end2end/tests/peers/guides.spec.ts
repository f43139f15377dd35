// The applications of the guides, run as they stand: whoever brings a token that was made for them comes in, and nobody else.
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../support/doorward';
import { expect, ownServer, test } from '../../support/fixtures';
import { accessToken } from '../../support/flows';
import { python } from '../../support/peers';

const guides = resolve(__dirname, '../../../docs/guides');
const SHOP = 'https://shop.example.org';

test.use(ownServer);
test.use({ settings: { DOORWARD__TOKENS__AUDIENCES: SHOP } });

const applications: Record<string, (port: number) => { program: string; words: string[]; folder: string }> = {
  Express: () => ({ program: process.execPath, words: ['app.mjs'], folder: resolve(guides, 'express') }),
  FastAPI: (port) => ({
    program: python,
    words: ['-m', 'uvicorn', 'app:app', '--port', String(port)],
    folder: resolve(guides, 'fastapi'),
  }),
};

for (const [name, application] of Object.entries(applications)) {
  test(`the ${name} application of the guide lets in who brings a token that was made for it`, async ({ doorward, person }) => {
    const port = await freePort();
    const { program, words, folder } = application(port);
    const environment = { ...process.env, DOORWARD_URL: doorward.url, AUDIENCE: SHOP, PORT: String(port) };
    // Python would leave its compiled form beside the guide.
    const running = spawn(program, words, { cwd: folder, env: { ...environment, PYTHONDONTWRITEBYTECODE: '1' }, stdio: 'inherit' });
    try {
      const orders = (token?: string): Promise<Response> =>
        fetch(`http://127.0.0.1:${port}/orders`, { headers: token ? { Authorization: `Bearer ${token}` } : {} });
      await expect(async () => expect((await orders()).status).toBe(401)).toPass({ timeout: 20_000 });

      const good = await accessToken(doorward, person, SHOP);
      const answer = await orders(good);
      expect(answer.status).toBe(200);
      const { sub } = JSON.parse(Buffer.from(good.split('.')[1]!, 'base64url').toString()) as { sub: string };
      expect(await answer.json()).toEqual({ of: sub, orders: [] });

      expect((await orders(await accessToken(doorward, person))).status, 'made for our own API').toBe(401);
      expect((await orders(`${good.slice(0, -4)}AAAA`)).status, 'with another signature').toBe(401);
      expect((await orders('x')).status).toBe(401);
    } finally {
      running.kill();
      await Promise.race([new Promise((ended) => running.once('exit', ended)), sleep(5_000)]);
    }
  });
}
