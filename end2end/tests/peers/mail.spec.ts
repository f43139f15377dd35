// Letters on their way through a mail server that other people wrote (aiosmtpd), over TLS with a certificate of the operator's own.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort, type Doorward } from '../../support/doorward';
import { expect, newcomer, ownServer, test } from '../../support/fixtures';
import { python } from '../../support/peers';

interface Told {
  to?: string[];
  sender?: string;
  encrypted?: boolean;
  message?: string;
  refused?: string;
  listening?: number;
}

class MailServer {
  readonly told: Told[] = [];
  private process?: ChildProcess;
  private readonly folder = mkdtempSync(join(tmpdir(), 'doorward-smtp-'));

  private constructor(readonly port: number) {}

  /** With a certificate for `localhost` by an authority of its own. */
  static async start(): Promise<MailServer> {
    const server = new MailServer(await freePort());
    server.certify();
    await server.run();
    return server;
  }

  /** The authority's certificate. */
  get authority(): string {
    return join(this.folder, 'ca.pem');
  }

  private certify(): void {
    const file = (name: string) => join(this.folder, name);
    const openssl = (...words: string[]) => execFileSync('openssl', words, { stdio: 'pipe' });
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    openssl('req', '-x509', ...key, '-keyout', file('ca.key'), '-out', this.authority, '-days', '2', '-subj', '/CN=Test authority');
    openssl('req', ...key, '-keyout', file('key.pem'), '-out', file('request.pem'), '-subj', '/CN=localhost');
    writeFileSync(file('extensions'), 'subjectAltName=DNS:localhost\n');
    const signed = ['-CA', this.authority, '-CAkey', file('ca.key'), '-CAcreateserial', '-days', '1', '-extfile', file('extensions')];
    openssl('x509', '-req', '-in', file('request.pem'), ...signed, '-out', file('certificate.pem'));
  }

  private async run(): Promise<void> {
    const program = resolve(__dirname, '../../interop/smtp.py');
    const words = [program, String(this.port), join(this.folder, 'certificate.pem'), join(this.folder, 'key.pem')];
    this.process = spawn(python, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface(this.process.stdout!).on('line', (line) => this.told.push(JSON.parse(line) as Told));
    await expect.poll(() => this.told.some(({ listening }) => listening)).toBe(true);
  }

  stop(): void {
    this.process?.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  letterTo(address: string): Told | undefined {
    return this.told.find(({ to }) => to?.includes(address));
  }

  settings(trusted: boolean): Record<string, string> {
    return {
      DOORWARD__MAIL__TRANSPORT: 'smtp',
      DOORWARD__MAIL__HOST: 'localhost',
      DOORWARD__MAIL__PORT: String(this.port),
      DOORWARD__MAIL__FROM: 'Doorward <door@example.org>',
      DOORWARD__MAIL__CA_FILE: trusted ? this.authority : '',
    };
  }
}

test.use(ownServer);

async function askToRegister(doorward: Doorward, email: string): Promise<number> {
  const begun = Date.now();
  const answer = await fetch(`${doorward.url}/form/register`, {
    method: 'POST',
    headers: { Accept: 'application/json', Origin: doorward.url },
    body: new URLSearchParams({ email }),
  });
  expect(answer.status).toBe(200);
  return Date.now() - begun;
}

test('a letter arrives over STARTTLS, and a recipient that is refused holds up nobody and is told to the operator', async ({ doorward, page }) => {
  const server = await MailServer.start();
  try {
    await doorward.restart(server.settings(true));
    const [refused, ada] = [`refused-${newcomer().email}`, newcomer().email];
    await askToRegister(doorward, refused);
    await askToRegister(doorward, ada);
    await expect.poll(() => server.letterTo(ada)).toMatchObject({ encrypted: true, sender: 'door@example.org' });
    const { message } = server.letterTo(ada)!;
    expect(message).toMatch(/^Message-ID: <[0-9a-f-]{36}@localhost>\r?$/m);
    expect(message).toMatch(/^Auto-Submitted: auto-generated\r?$/m);
    expect(message).toMatch(/^Content-Type: multipart\/alternative;/m);
    expect(message).not.toMatch(/^List-Unsubscribe:/im);
    const unfolded = message!.replaceAll(/=\r?\n/g, '').replaceAll('=3D', '=');
    const link = /http:\/\/localhost:\d+\/verify-email\?token=[0-9a-f]{64}/.exec(unfolded)![0];
    await page.goto(link);
    await expect(page.locator('input[name="new_password"]')).toBeVisible();

    await expect.poll(() => server.told.filter((told) => told.refused === refused).length).toBe(1);
    await expect.poll(() => doorward.log()).toMatch(/a mail was given up.*there is no such recipient \(status 550\)/);
    expect(doorward.log()).not.toContain(refused);
  } finally {
    server.stop();
  }
});

test('a mail server that nobody vouches for gets no letter, and whoever asks for one is not kept waiting', async ({ doorward }) => {
  const server = await MailServer.start();
  try {
    await doorward.restart(server.settings(false));
    const { email } = newcomer();
    expect(await askToRegister(doorward, email)).toBeLessThan(2000);
    await expect.poll(() => doorward.log()).toContain('a mail was not sent; it will be tried again');
    expect(server.letterTo(email)).toBeUndefined();
  } finally {
    server.stop();
  }
});
