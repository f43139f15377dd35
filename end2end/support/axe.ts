// axe-core run in the page itself, by the debugger's hand, so that the page's own policy needs no exception.
import type { Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';

const source = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** Every rule that axe knows, as lines a person can act on; empty is good. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(source);
  const results = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as AxeResults;
  return results.violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${node.failureSummary?.replaceAll(/\s+/g, ' ')} at ${node.target.join(' ')}: ${node.html}`),
  );
}
