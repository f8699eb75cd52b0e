// Why a result differs from what the suite wants: the ids of the tests, whole or by their beginning (with a * at the end).
// Each difference needs exactly one reason, and each reason a difference.
export const reasons = [
  {
    why: 'The stored response is stale, and is given because the origin does not answer: RFC 9111, section 4.2.4, allows it to a'
      + ' cache that is disconnected, and RFC 5861 made a rule of it. The suite asks while the origin is there. Up to `cache_ttl`,'
      + ' unless `must-revalidate`, `no-cache` or `stale-if-error` say otherwise.',
    tests: ['freshness-max-age-0', 'freshness-max-age-age', 'freshness-max-age-0-expires', 'freshness-max-age-negative',
      'freshness-max-age-single-quoted', 'freshness-max-age-ignore-quoted*', 'age-parse-*', 'freshness-expires-*',
      'status-200-stale', 'status-203-stale']
  },
  {
    why: 'It is a private cache, of one program: `s-maxage` and `proxy-revalidate` are for shared ones (RFC 9111, sections'
      + ' 5.2.2.8 and 5.2.2.10).',
    tests: ['freshness-max-age-s-maxage-shared-longer*', 'stale-close-proxy-revalidate', 'stale-close-s-maxage=2']
  },
  {
    why: 'Only 200 and 203 are kept by default: an error or a redirect that is repeated for as long as the origin is down helps'
      + ' nobody. `cache_status_codes` adds others.',
    tests: ['heuristic-*-cached', 'status-204-fresh', 'status-299-fresh', 'status-30*', 'status-4*', 'status-5*']
  },
  {
    why: 'Only GET and HEAD are kept: the response to a POST may be the result of a change.',
    tests: ['method-POST']
  },
  {
    why: 'All headers that the program sets are in the key but those that cannot choose a response, whether or not `Vary` names'
      + ' them, and they are compared as they are: an origin that forgets `Vary` must not give one user\'s response to another.',
    tests: ['vary-cache-key', 'vary-normalise-*', 'other-authorization-*', 'other-cookie']
  },
  {
    why: 'A response that sets a cookie is one user\'s, and is not kept unless it is `public`; one that took part in an'
      + ' authentication is not kept at all.',
    tests: ['headers-store-Set-Cookie*', 'headers-store-Proxy-Authenticate', 'headers-store-Proxy-Authentication-Info',
      'other-set-cookie']
  },
  {
    why: 'The whole stored response is given in place of a 304: the program can use it as well, and only the origin can say that'
      + ' nothing has changed.',
    tests: ['conditional-*']
  },
  {
    why: 'Parts are not kept, and no parts are made of what is kept: RFC 9111, section 3.3, leaves it to the cache.',
    tests: ['partial-*', 'headers-store-Content-Range']
  },
  {
    why: 'Since RFC 9111 (section 4.4) a cache may, and need not, invalidate what `Location` and `Content-Location` name; the'
      + ' suite is older there.',
    tests: ['invalidate-*-location', 'invalidate-*-cl']
  },
  {
    why: '`HttpURLConnection` knows no such method, so that the program cannot make the request.',
    clients: ['HttpURLConnection'],
    tests: ['invalidate-M-SEARCH']
  },
  {
    why: 'The body is longer than announced. `HttpClient` cuts it off; `HttpURLConnection` gives all of it to the program, without'
      + ' the agent too, and what is not as long as announced is not kept.',
    clients: ['HttpURLConnection'],
    tests: ['headers-store-Content-Length']
  }
]
