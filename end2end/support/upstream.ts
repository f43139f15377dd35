// The other service that people sign in with: software by other people, on a host that is another site to the browser (127.0.0.1, where
// Doorward is localhost).
import { expect, type Page } from '@playwright/test';
import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { freePort, type Doorward } from './doorward';
import * as flows from './flows';
import type { Watch } from './watch';

const CLIENT = { clientId: 'doorward', clientSecret: 'end-to-end: a secret+with/signs%' };

export class Upstream {
  private constructor(
    readonly issuer: string,
    private readonly process: ChildProcess,
  ) {}

  /** Starts it, and has `doorward` started again knowing it under the name `upstream`. */
  static async behind(doorward: Doorward, watch: Watch, settings: Record<string, string> = {}): Promise<Upstream> {
    const port = await freePort();
    const redirectUri = `${doorward.url}/providers/upstream/callback`;
    const server = spawn(process.execPath, [resolve(__dirname, 'upstream.mjs'), JSON.stringify({ ...CLIENT, port, redirectUri })], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise<void>((listening, failed) => {
      server.stdout.once('data', () => listening());
      server.once('exit', (code) => failed(new Error(`oidc-provider ended with ${code}`)));
    });
    const upstream = new Upstream(`http://127.0.0.1:${port}`, server);
    watch.allow(new RegExp(`^foreign request: ${upstream.issuer}/`));
    // What Chromium has to say about the pages there.
    watch.allow(new RegExp(`^console verbose: .*\\(${upstream.issuer}/`));
    await doorward.restart({
      DOORWARD__PROVIDERS__UPSTREAM__ISSUER: upstream.issuer,
      DOORWARD__PROVIDERS__UPSTREAM__CLIENT_ID: CLIENT.clientId,
      DOORWARD__PROVIDERS__UPSTREAM__CLIENT_SECRET: CLIENT.clientSecret,
      DOORWARD__PROVIDERS__UPSTREAM__LABEL: 'Upstream',
      DOORWARD__PROVIDERS__UPSTREAM__ALLOW_PRIVATE_ADDRESSES: 'true',
      ...settings,
    });
    return upstream;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = new Promise((done) => this.process.once('exit', done));
    this.process.kill('SIGKILL');
    await ended;
  }

  /** On its own pages: signs in as `name`, and agrees. */
  async agree(page: Page, name: string): Promise<void> {
    await this.signIn(page, name);
    await page.getByRole('button', { name: 'Continue' }).click();
  }

  async signIn(page: Page, name: string): Promise<void> {
    await expect(page).toHaveURL(new RegExp(`^${this.issuer}/interaction/`));
    await page.locator('input[name="login"]').fill(name);
    await page.locator('input[name="password"]').fill('anything');
    await page.getByRole('button', { name: 'Sign-in' }).click();
  }
}

/** From the sign-in page to the overview. */
export async function signInWith(page: Page, upstream: Upstream, name: string): Promise<void> {
  await page.goto('/sign-in');
  await flows.button(page, 'Continue with Upstream').click();
  await upstream.agree(page, name);
  await flows.expectSignedIn(page);
}

/** From the page of connections back to it, with an account there linked. */
export async function linkWith(page: Page, upstream: Upstream, name: string): Promise<void> {
  await page.goto('/account/connections');
  await page.getByRole('link', { name: 'Link Upstream' }).click();
  await flows.button(page, 'Continue with Upstream').click();
  await upstream.agree(page, name);
  await expect(page).toHaveURL(/\/account\/connections\?linked$/);
}
