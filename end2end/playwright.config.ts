// Real `doorward serve` processes, each with its own folder and database, driven by the system's Chromium.
//
//   script/test                                   everything, this included
//   playwright test --config end2end sign-in      one file, after `cargo leptos build`
//   DOORWARD_LOOK=/tmp/look playwright test --config end2end
//                                                 no tests: a picture of every page, for a person to look at
import { defineConfig } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import type { Options } from './support/fixtures';

const everyFlow = 'flows/*.spec.ts';
const pictures = process.env.DOORWARD_LOOK;

export default defineConfig<object, Options>({
  testDir: 'tests',
  outputDir: 'test-results',
  reporter: 'list',
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  // A test that passes at its second try has found something.
  retries: 0,
  timeout: 30_000,
  expect: { timeout: 10_000 },
  use: {
    trace: 'retain-on-failure',
    // A transition between two pages that a test cuts short is an uncaught error; script/motion.spec.ts has one that is not.
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: {
      executablePath: chromium(),
      args: [
        // Chromium refuses its sandbox to root, which is what containers run as.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: pictures
    ? [{ name: 'look', testMatch: 'look.spec.ts' }]
    : [
        { name: 'script', testMatch: [everyFlow, 'script/*.spec.ts', 'apps/*.spec.ts', 'journey.spec.ts', 'moving-in.spec.ts'] },
        { name: 'no-script', testMatch: [everyFlow, 'apps/*.spec.ts'], use: { javaScriptEnabled: false } },
        { name: 'peers', testMatch: 'peers/*.spec.ts' },
        { name: 'postgres', testMatch: ['journey.spec.ts', 'moving-in.spec.ts', 'postgres/*.spec.ts', 'apps/*.spec.ts'], use: { database: 'postgres' } },
      ],
});

/** The browser of $CHROMIUM or the system; without one, what `playwright install` fetched. */
function chromium(): string | undefined {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']) {
    try {
      const path = execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
      // Ubuntu's chromium-browser is a stub that only asks for the snap.
      execFileSync(path, ['--version'], { stdio: 'ignore' });
      return path;
    } catch {
      // Not this one.
    }
  }
  return undefined;
}
