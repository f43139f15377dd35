// A process of its own: npm's oidc-provider, which the OpenID Foundation has certified, with its own pages for signing in and agreeing.
// Takes one JSON argument: port, clientId, clientSecret, redirectUri. Prints a line when it listens.
// It warns of what is meant for tests alone: keys of its own making, pages for anybody, an old Node.
console.warn = () => {};
const { default: Provider } = await import('oidc-provider');

const { port, clientId, clientSecret, redirectUri } = JSON.parse(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  pkce: { required: () => true },
  // Whoever signs in as NAME is NAME@example.org there; "unverified-" says that nobody has checked that.
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      email: `${id}@example.org`,
      email_verified: !id.startsWith('unverified-'),
      name: `${id} upstream`,
    }),
  }),
});
// Its pages would fetch a font from elsewhere, and have no icon.
provider.use(async (context, next) => {
  await next();
  if (typeof context.body === 'string') context.body = context.body.replaceAll(/@import [^;]*;/g, '');
  if (context.path === '/favicon.ico') context.status = 204;
});
provider.on('server_error', (_context, error) => console.error(error));
provider.listen(port, '127.0.0.1', () => console.log(`listening at ${issuer}`));
